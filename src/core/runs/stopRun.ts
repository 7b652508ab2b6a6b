import { setTimeout as delay } from "node:timers/promises";
import { CairnError } from "../../shared/errors.js";
import { processesOf, signalAll, signalGroup, type RunProcesses } from "./processTree.js";

const POLL_MS = 50;
/** How long processes may take to vanish after SIGKILL: longer only in uninterruptible waits for a device. */
const KILL_LIMIT_MS = 15_000;

/**
 * SIGTERM to the group and to everything else that belongs to the run, SIGKILL after `graceMs` to what is left.
 * Resolves when none of its processes lives. Throws `busy` when some cannot be ended.
 */
export async function stopProcesses(target: RunProcesses, graceMs: number): Promise<void> {
  let left = await processesOf(target);
  signalGroup(target.command, "SIGTERM");
  // To each once: some programs take a second SIGTERM as the order to drop everything.
  const others = left.filter(({ group }) => group !== target.command.pid || process.platform === "win32");
  const refused = await signalAll(others, "SIGTERM");
  const deadline = Date.now() + graceMs;
  while (left.length > 0 && Date.now() < deadline) {
    await delay(POLL_MS);
    left = await processesOf(target);
  }
  const limit = Date.now() + KILL_LIMIT_MS;
  while (left.length > 0) {
    // Again and again: one may fork while it is being killed.
    signalGroup(target.command, "SIGKILL");
    await signalAll(left, "SIGKILL");
    await delay(POLL_MS);
    left = await processesOf(target);
    if (left.length > 0 && Date.now() > limit) {
      const reason = refused.length > 0 ? "belong to another user" : "do not end";
      throw new CairnError(
        "busy",
        `Processes of the run ${reason}: ${left.map(({ pid }) => pid).join(", ")}.`,
      );
    }
  }
}
