import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isRunning, startTree } from "./processes.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cairn-tree-"));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** A program that starts a child which leaves its process group and ignores SIGTERM, and writes down both ids. */
const stubborn = `
const { spawn } = require("node:child_process");
const { writeFileSync } = require("node:fs");
const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')";
const child = spawn(process.execPath, ["-e", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
child.stdout.once("data", () => writeFileSync(process.argv[1], process.pid + " " + child.pid));
setInterval(() => {}, 1000);
`;

async function pids(file: string): Promise<number[]> {
  const text = await vi.waitFor(() => readFile(file, "utf8"), 10_000);
  return text.split(" ").map(Number);
}

test.skipIf(process.platform !== "linux")(
  "a detached child that ignores SIGTERM is ended with its tree",
  async () => {
    const file = join(dir, "pids");
    const tree = startTree(process.execPath, ["-e", stubborn, file], { output: "ignore" });
    const members = await pids(file);
    expect(members.map(isRunning)).toEqual([true, true]);
    await tree.stop();
    expect(members.map(isRunning)).toEqual([false, false]);
  },
);

test.skipIf(process.platform !== "linux").each(["SIGINT", "SIGTERM"] as const)(
  "a script that gets %s ends everything it started before it ends",
  async (signal) => {
    const file = join(dir, "pids");
    const script = `
      import { runScript } from ${JSON.stringify(join(import.meta.dirname, "runScript.ts"))};
      import { isRunning, startTree } from ${JSON.stringify(join(import.meta.dirname, "processes.ts"))};
      await runScript(() => startTree(process.execPath, ["-e", ${JSON.stringify(stubborn)}, ${JSON.stringify(file)}], { output: "ignore" }).exited);
    `;
    const flags = ["--experimental-strip-types", "--input-type=module-typescript"];
    const child = spawn(process.execPath, [...flags, "-e", script], { stdio: "ignore" });
    const members = await pids(file);
    child.kill(signal);
    await once(child, "exit");
    expect(members.map(isRunning)).toEqual([false, false]);
  },
);

test("a program that does not exist is reported to whoever waits", async () => {
  const tree = startTree(join(dir, "missing"), [], { output: "ignore" });
  await expect(tree.exited).rejects.toThrow(/Failed to start .*missing/);
});
