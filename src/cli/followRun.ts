import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineClient } from "../engine/client/index.js";
import { toErrorShape } from "../shared/errors.js";
import type { CommandContext } from "./command.js";

const CHUNK_BYTES = 256 << 10;
/** Notifications wake the reader; this is for one that was lost. */
const POLL_MS = 500;

/**
 * Prints a run's output until it has ended; the first Ctrl-C stops the run, the second leaves it to the engine. An
 * engine that goes away meanwhile is connected to again: the run does not depend on it. Returns the last connection,
 * having disposed of those before.
 */
export async function followRun(
  first: EngineClient,
  connect: () => Promise<EngineClient>,
  runId: string,
  context: CommandContext,
): Promise<EngineClient> {
  let client = first;
  let offset = 0;
  const leave = stopOnInterrupt(() => client, runId, context);
  try {
    for (;;) {
      try {
        offset = await readToEnd(client, runId, offset, context);
        return client;
      } catch (error) {
        if (error instanceof Lost) offset = error.offset;
        else throw error;
        client.dispose();
        client = await connect();
      }
    }
  } finally {
    leave();
  }
}

/** The connection went away at this offset. */
class Lost extends Error {
  constructor(readonly offset: number) {
    super("The connection to the engine was lost.");
  }
}

async function readToEnd(
  client: EngineClient,
  runId: string,
  from: number,
  { output }: CommandContext,
): Promise<number> {
  let offset = from;
  const bell = createBell();
  const off = [
    client.on("output", (event) => event.runId === runId && bell.ring()),
    client.on("changed", ({ runs }) => runs.some((run) => run.runId === runId) && bell.ring()),
    client.onClose(() => bell.ring()),
  ];
  try {
    await client.request("subscribe", { metrics: [], console: [runId] });
    for (;;) {
      const chunk = await client.request("console", { runId, start: offset, maxBytes: CHUNK_BYTES });
      if (chunk.text !== "" && !output.stream.write(chunk.text)) await once(output.stream, "drain");
      const moved = chunk.end > offset;
      offset = Math.max(offset, chunk.end);
      if (chunk.complete) return offset;
      if (!moved) await bell.wait(POLL_MS);
    }
  } catch (error) {
    const { code } = toErrorShape(error);
    throw code === "unavailable" ? new Lost(offset) : error;
  } finally {
    for (const stop of off) stop();
  }
}

/** Wakes one waiter; a ring that nobody waited for is kept. */
function createBell(): { ring: () => void; wait: (ms: number) => Promise<void> } {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms) {
      if (!rung) {
        const timeout = new AbortController();
        const ringing = new Promise<void>((resolve) => (wake = resolve));
        const expired = delay(ms, undefined, { signal: timeout.signal }).catch(() => undefined);
        await Promise.race([ringing, expired]);
        timeout.abort();
        wake = undefined;
      }
      rung = false;
    },
  };
}

function stopOnInterrupt(client: () => EngineClient, runId: string, context: CommandContext): () => void {
  let asked = false;
  const interrupt = (): void => {
    if (asked) {
      context.output.note("cairn: left; the engine goes on stopping the run.");
      process.exit(1);
    }
    asked = true;
    context.output.note("\ncairn: stopping the run… (once more to leave at once)");
    client()
      .request("runStop", { runId })
      // The run may have ended by itself in that moment: its end is reported anyway.
      .catch((error: unknown) => context.logger.debug(toErrorShape(error).message));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
}
