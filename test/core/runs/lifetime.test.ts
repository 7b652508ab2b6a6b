import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { ConsoleChunk } from "../../../src/shared/protocol.js";
import {
  consoleText,
  launchProject,
  type LaunchProject,
  lives,
  recorded,
  startedRecord,
  untilGone,
} from "./launchProject.ts";
import { waitUntil } from "./waitUntil.ts";

const python = "python3";

/** Data loaders: one plain, one deaf to SIGTERM, one in a session of its own whose parent has gone. */
const loaders = `
import os, signal, sys, time
def child(deaf=False, session=False):
    pid = os.fork()
    if pid: return pid
    if session:
        os.setsid()
        if os.fork(): os._exit(0)
    if deaf: signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open("pids", "a") as f: f.write(f"{os.getpid()}\\n")
    while True: time.sleep(0.1)
child(); child(deaf=True); child(session=True, deaf=True)
while len(open("pids").read().split() if os.path.exists("pids") else []) < 3: time.sleep(0.01)
print("ready", flush=True)
if "--polite" in sys.argv:
    def end(*_): print("ending politely", flush=True); sys.exit(0)
    signal.signal(signal.SIGTERM, end)
while True: time.sleep(0.1)
`;

async function startReady(project: LaunchProject, ...args: string[]): Promise<string> {
  project.write("train.py", loaders);
  const { runId } = await project.launcher.start({ command: [python, "train.py", ...args] });
  await waitUntil(async () => (await consoleText(project, runId)).includes("ready"), "the loaders");
  return runId;
}

function loaderPids(project: LaunchProject): number[] {
  return readFileSync(path.join(project.root, "pids"), "utf8").trim().split("\n").map(Number);
}

describe("stopping", () => {
  test("reaches every process of the run, deaf and runaway ones too", async () => {
    const project = await launchProject();
    const bystander = await project.launcher.start({ command: ["sleep", "60"] });
    const runId = await startReady(project);
    const pids = [startedRecord(project, runId).command.pid, ...loaderPids(project)];
    expect(pids.map(lives)).toEqual([true, true, true, true]);
    expect(await project.launcher.stop(runId, 300)).toEqual({ endReason: "stopped" });
    expect(pids.map(lives)).toEqual([false, false, false, false]);
    const { info, tags } = await recorded(project, runId);
    expect(info.status).toBe("KILLED");
    expect(tags["cairn.endReason"]).toBe("stopped");
    expect(project.launcher.active()).toEqual([bystander.runId]);
    expect(lives(startedRecord(project, bystander.runId).command.pid)).toBe(true);
  });

  test("lets the command end politely; it is stopped all the same", async () => {
    const project = await launchProject();
    const runId = await startReady(project, "--polite");
    await project.launcher.stop(runId, 300);
    expect(await consoleText(project, runId)).toContain("ending politely");
    const { info, tags } = await recorded(project, runId);
    expect([info.status, tags["cairn.exitCode"]]).toEqual(["KILLED", "0"]);
    await untilGone(...loaderPids(project));
  });

  test("twice at once is one stop; after the end there is nothing to stop", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: ["sleep", "60"] });
    const both = await Promise.all([project.launcher.stop(runId), project.launcher.stop(runId)]);
    expect(both).toEqual([{ endReason: "stopped" }, { endReason: "stopped" }]);
    await expect(project.launcher.stop(runId)).rejects.toThrow("is not running");
    await expect(project.launcher.stop("0".repeat(32))).rejects.toThrow("is not running");
    await expect(project.launcher.stop("../x")).rejects.toThrow("not");
  });

  test("asked for before the engine died is carried out and told by the next", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: ["sleep", "60"] });
    const { command, runner } = startedRecord(project, runId);
    writeFileSync(
      path.join(project.paths.launches, runId, "stop.json"),
      JSON.stringify({ time: Date.now() }),
    );
    await project.leave();
    process.kill(command.pid, "SIGTERM");
    await untilGone(command.pid, runner.pid);
    await project.comeBack();
    expect((await recorded(project, runId)).info.status).toBe("KILLED");
  });
});

describe("a training killed with SIGKILL", () => {
  test("is a failed run that says so", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: ["sleep", "60"] });
    process.kill(startedRecord(project, runId).command.pid, "SIGKILL");
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: null, endReason: "signal SIGKILL" });
    const { info, tags } = await recorded(project, runId);
    expect([info.status, tags["cairn.endReason"]]).toEqual(["FAILED", "signal SIGKILL"]);
  });

  test("together with its runner is a failed run whose process is gone", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: ["sleep", "60"] });
    const { command, runner } = startedRecord(project, runId);
    process.kill(runner.pid, "SIGKILL");
    process.kill(command.pid, "SIGKILL");
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: null, endReason: "process is gone" });
    expect((await recorded(project, runId)).info.status).toBe("FAILED");
  });

  test("together with its runner while no engine runs is found out by the next", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: ["sh", "-c", "echo on; sleep 60"] });
    await waitUntil(async () => (await consoleText(project, runId)) === "on\n", "output");
    const { command, runner } = startedRecord(project, runId);
    await project.leave();
    process.kill(runner.pid, "SIGKILL");
    process.kill(-command.pid, "SIGKILL");
    await untilGone(runner.pid, command.pid);
    await project.comeBack();
    const { info, tags } = await recorded(project, runId);
    expect([info.status, tags["cairn.endReason"]]).toEqual(["FAILED", "process is gone"]);
    expect(info.endTime).toBeGreaterThanOrEqual(info.startTime);
    expect(info.endTime).toBeLessThanOrEqual(Date.now());
    expect(project.launcher.active()).toEqual([]);
  });
});

describe("a training whose engine goes", () => {
  test("runs on and is watched again by the next, its output whole", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({
      command: ["sh", "-c", "echo one; while [ ! -e go ]; do sleep 0.02; done; echo two; exit 3"],
    });
    await project.leave();
    await project.comeBack();
    expect(project.launcher.active()).toEqual([runId]);
    expect((await recorded(project, runId)).info.status).toBe("RUNNING");
    project.write("go", "");
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 3 });
    expect(await consoleText(project, runId)).toBe("one\ntwo\n");
  });

  test("and ends meanwhile has its real end afterwards", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({
      command: ["sh", "-c", "while [ ! -e go ]; do sleep 0.02; done; echo late; exit 5"],
    });
    const { runner } = startedRecord(project, runId);
    await project.leave();
    project.write("go", "");
    await untilGone(runner.pid);
    const ended = Date.now();
    await project.comeBack();
    const { info, tags } = await recorded(project, runId);
    expect([info.status, tags["cairn.exitCode"]]).toEqual(["FAILED", "5"]);
    expect(info.endTime).toBeLessThanOrEqual(ended);
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 5 });
    expect(readdirSync(path.join(project.paths.launches, "active"))).toEqual([]);
  });

  test("can be stopped by the next engine", async () => {
    const project = await launchProject();
    const runId = await startReady(project);
    const pids = loaderPids(project);
    await project.leave();
    await project.comeBack();
    expect(await project.launcher.stop(runId, 200)).toEqual({ endReason: "stopped" });
    expect(pids.some(lives)).toBe(false);
  });

  test("and its runner goes on; its end is only told as gone", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({
      command: ["sh", "-c", "while [ ! -e go ]; do sleep 0.02; done; echo still writing"],
    });
    process.kill(startedRecord(project, runId).runner.pid, "SIGKILL");
    await project.leave();
    await project.comeBack();
    expect(project.launcher.active()).toEqual([runId]);
    project.write("go", "");
    expect((await project.launcher.wait(runId)).endReason).toBe("process is gone");
    expect(await consoleText(project, runId)).toBe("still writing\n");
  });
});

describe("what an engine that died in the middle left", () => {
  test("a folder without a run is cleared away", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: ["true"] });
    await project.launcher.wait(runId);
    project.write(`.cairn/launches/active/${"a".repeat(32)}`, "");
    project.write(`.cairn/launches/${"a".repeat(32)}/console.log`, "");
    await project.leave();
    await project.comeBack();
    expect(existsSync(path.join(project.paths.launches, "a".repeat(32)))).toBe(false);
    expect(readdirSync(path.join(project.paths.launches, "active"))).toEqual([]);
  });

  test("a run whose record is broken has failed, and holds up no other", async () => {
    const project = await launchProject();
    const [one, two] = [
      await project.launcher.start({ command: ["sleep", "60"] }),
      await project.launcher.start({ command: ["sleep", "60"] }),
    ];
    const pids = [one, two].flatMap(({ runId }) => {
      const { command, runner } = startedRecord(project, runId);
      return [command.pid, runner.pid];
    });
    await project.leave();
    for (const pid of pids.reverse()) process.kill(pid, "SIGKILL");
    await untilGone(...pids);
    writeFileSync(path.join(project.paths.launches, one.runId, "started.json"), '{"command"');
    await project.comeBack();
    expect((await recorded(project, two.runId)).info.status).toBe("FAILED");
    const { info, tags } = await recorded(project, one.runId);
    expect(info.status).toBe("FAILED");
    expect(tags["cairn.endReason"]).toContain("started.json cannot be read");
    expect(project.launcher.active()).toEqual([]);
  });
});

test("output is told as it comes, in order and whole, characters in pieces too", async () => {
  const project = await launchProject();
  const script = `
import os, sys, time
data = ("é€😀\\r" * 300 + "\\n").encode()
for i in range(0, len(data), 7):
    os.write(1, data[i:i+7])
    if i % 350 == 0: time.sleep(0.05)
`;
  const chunks: ConsoleChunk[] = [];
  project.launcher.onOutput((_, chunk) => chunks.push(chunk));
  const { runId } = await project.launcher.start({ command: [python, "-c", script] });
  await project.launcher.wait(runId);
  expect(chunks.map(({ text }) => text).join("")).toBe(`${"é€😀\r".repeat(300)}\n`);
  expect(chunks.length).toBeGreaterThan(2);
  let end = 0;
  for (const chunk of chunks) {
    expect(chunk.start).toBe(end);
    ({ end } = chunk);
  }
  expect(chunks.at(-1)?.complete).toBe(true);
});

test("a pid that went to another process does not count as the run's", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({ command: ["sleep", "60"] });
  const { command, runner } = startedRecord(project, runId);
  await project.leave();
  for (const { pid } of [runner, command]) process.kill(pid, "SIGKILL");
  await untilGone(command.pid, runner.pid);
  const reused = { pid: process.pid, startTime: "another" };
  const record = { command: reused, runner: reused, shell: false, time: Date.now() };
  writeFileSync(path.join(project.paths.launches, runId, "started.json"), JSON.stringify(record));
  await project.comeBack();
  expect((await recorded(project, runId)).tags["cairn.endReason"]).toBe("process is gone");
});
