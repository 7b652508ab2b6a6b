import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { npm } from "../host/bootstrap/report.mjs";
import { root } from "../host/paths.ts";
import { membersOf } from "../host/processes.ts";

interface Started {
  child: ChildProcess;
  /** Everything printed so far. */
  output: () => string;
  /** Waits until the text was printed. */
  printed: (text: RegExp) => Promise<RegExpExecArray>;
  /** Processes that descend from it, however far they went. */
  processes: () => number[];
}

let started: Started | undefined;

afterEach(() => {
  for (const pid of started?.processes() ?? []) process.kill(pid, "SIGKILL");
  started = undefined;
});

/** Starts `npm start` as a user's terminal would, with a mark that all its processes inherit. */
function start(): Started {
  const mark = randomUUID();
  const { command, args } = npm(["start"]);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, CAIRN_START_TEST: mark },
    stdio: ["ignore", "pipe", "pipe"],
    // A terminal's Ctrl-C reaches the whole group, npm too.
    detached: true,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const printed = async (pattern: RegExp) => {
    for (;;) {
      const found = pattern.exec(output);
      if (found) return found;
      if (child.exitCode !== null)
        throw new Error(`npm start ended without printing ${String(pattern)}:\n${output}`);
      await Promise.race([once(child.stdout, "data"), once(child.stderr, "data"), once(child, "close")]);
    }
  };
  started = { child, output: () => output, printed, processes: () => membersOf(mark) };
  return started;
}

async function interrupt({ child, processes }: Started): Promise<void> {
  if (child.pid === undefined) throw new Error("npm did not start.");
  process.kill(-child.pid, "SIGINT");
  await once(child, "close");
  // npm itself ends at once; what it ran has the graceful end of its processes to wait for.
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
}

test(
  "npm start trains the sample, says what was tracked, opens VS Code, and Ctrl-C ends everything",
  { timeout: 400_000 },
  async () => {
    const run = start();
    await run.printed(/Tracked: run \S+ \(\w+\), FINISHED/);
    expect(run.output()).toMatch(/metrics +.*accuracy/);
    const [, url = ""] = await run.printed(/on this project: (http\S+)/);
    expect((await fetch(url)).status).toBe(200);
    expect(run.processes().length).toBeGreaterThan(3);
    await interrupt(run);
  },
);

test("Ctrl-C while it trains ends the training too", async () => {
  const run = start();
  await run.printed(/epoch/i);
  expect(run.processes().length).toBeGreaterThan(3);
  await interrupt(run);
});
