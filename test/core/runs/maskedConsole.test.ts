import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
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

const secret = "geheim-4711";
const env = { MY_API_KEY: secret };

test("a value that a run knows as a secret is masked in its output; output and errors keep their order", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({
    command: [
      "sh",
      "-c",
      'for i in 1 2 3; do echo "out $i $MY_API_KEY"; echo "err $i" >&2; done; echo via >> /dev/stderr',
    ],
    env,
  });
  expect(await project.launcher.wait(runId)).toEqual({ exitCode: 0 });
  expect(await consoleText(project, runId)).toBe(
    "out 1 ***\nerr 1\nout 2 ***\nerr 2\nout 3 ***\nerr 3\nvia\n",
  );
});

test("the output streams while the run lives, a secret in pieces included", async () => {
  const project = await launchProject();
  const chunks: ConsoleChunk[] = [];
  project.launcher.onOutput((_, chunk) => chunks.push(chunk));
  const text = (): string => chunks.map((chunk) => chunk.text).join("");
  const { runId } = await project.launcher.start({
    command: [
      "sh",
      "-c",
      "echo one; printf 'key geheim-'; while [ ! -e go ]; do sleep 0.02; done; echo 4711; exit 3",
    ],
    env,
  });
  await waitUntil(() => text() === "one\nkey ", "the first output");
  project.write("go", "");
  expect(await project.launcher.wait(runId)).toEqual({ exitCode: 3 });
  expect(text()).toBe("one\nkey ***\n");
  expect(chunks.at(-1)?.complete).toBe(true);
});

test("a script that empties its output by `> /dev/stderr` does not empty the log", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({
    command: [
      "sh",
      "-c",
      "echo a long first line; while [ ! -e go ]; do sleep 0.02; done; echo new > /dev/stderr",
    ],
    env,
  });
  await waitUntil(async () => (await consoleText(project, runId)) !== "", "the first output");
  project.write("go", "");
  await project.launcher.wait(runId);
  expect(await consoleText(project, runId)).toBe("a long first line\nnew\n");
});

test("what is written while no engine runs is masked too", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({
    command: ["sh", "-c", "while [ ! -e go ]; do sleep 0.02; done; echo $MY_API_KEY; echo late"],
    env,
  });
  const { runner } = startedRecord(project, runId);
  await project.leave();
  project.write("go", "");
  await untilGone(runner.pid);
  await project.comeBack();
  expect(await consoleText(project, runId)).toBe("***\nlate\n");
});

test("what the command left behind goes on writing after its end", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({
    command: ["sh", "-c", "(while [ ! -e go ]; do sleep 0.02; done; echo later $MY_API_KEY) & echo first"],
    env,
  });
  expect(await project.launcher.wait(runId)).toEqual({ exitCode: 0 });
  expect(await consoleText(project, runId)).toBe("first\n");
  project.write("go", "");
  await untilGone(startedRecord(project, runId).runner.pid);
  expect(await consoleText(project, runId)).toBe("first\nlater ***\n");
});

test("the death of the runner does not touch the command", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({
    command: ["sh", "-c", "echo one; while [ ! -e go ]; do sleep 0.02; done; echo two; : > done"],
    env,
  });
  const { runner, command } = startedRecord(project, runId);
  await waitUntil(async () => (await consoleText(project, runId)) === "one\n", "the first output");
  process.kill(runner.pid, "SIGKILL");
  await untilGone(runner.pid);
  project.write("go", "");
  await untilGone(command.pid);
  expect(readdirSync(project.root)).toContain("done");
  await waitUntil(() => !project.launcher.active().includes(runId), "the end of the run");
});

const linux = test.skipIf(process.platform !== "linux");
/** Waits for `go0`, `go1`, … before each line; the first has the beginning of a secret, the second its end. */
const lines = [
  'printf "one $MY_API_KEY gehe"',
  "echo im-4711 two; echo three >&2",
  'echo "four $MY_API_KEY"',
];
const waiting = (i: number): string => `while [ ! -e go${i} ]; do sleep 0.02; done`;
const script = ["sh", "-c", lines.map((line, i) => `${waiting(i)}; ${line}`).join("; ")];
const whole = "one *** *** two\nthree\nfour ***\n";

/** No file with a name holds the secret, and no keeper is left. */
async function expectNothingLeft(project: LaunchProject, runId: string): Promise<void> {
  const keeper = startedRecord(project, runId).keeper?.pid ?? 0;
  expect(keeper).toBeGreaterThan(0);
  await untilGone(keeper);
  for (const entry of readdirSync(project.paths.data, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      expect(readFileSync(path.join(entry.parentPath, entry.name)).includes(secret), entry.name).toBe(false);
}

linux("a killed runner loses nothing: the engine goes on where it stopped", async () => {
  const project = await launchProject();
  const chunks: string[] = [];
  project.launcher.onOutput((_, chunk) => chunks.push(chunk.text));
  const { runId } = await project.launcher.start({ command: script, env });
  const { runner } = startedRecord(project, runId);
  project.write("go0", "");
  await waitUntil(async () => (await consoleText(project, runId)) === "one *** ", "the first output");
  process.kill(runner.pid, "SIGKILL");
  await untilGone(runner.pid);
  project.write("go1", "");
  await waitUntil(() => chunks.join("").endsWith("three\n"), "the output without the runner");
  project.write("go2", "");
  expect(await project.launcher.wait(runId)).toMatchObject({ endReason: "process is gone" });
  expect(await consoleText(project, runId)).toBe(whole);
  expect(chunks.join("")).toBe(whole);
  expect(project.complaints).toEqual([]);
  await expectNothingLeft(project, runId);
});

linux(
  "a runner that is killed while no engine runs loses nothing, though the command ends first",
  async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: script, env });
    const { runner, command } = startedRecord(project, runId);
    project.write("go0", "");
    await waitUntil(async () => (await consoleText(project, runId)) === "one *** ", "the first output");
    await project.leave();
    process.kill(runner.pid, "SIGKILL");
    project.write("go1", "");
    project.write("go2", "");
    await untilGone(runner.pid, command.pid);
    await project.comeBack();
    await waitUntil(() => !project.launcher.active().includes(runId), "the end of the run");
    expect(await consoleText(project, runId)).toBe(whole);
    expect(project.complaints).toEqual([]);
    await expectNothingLeft(project, runId);
  },
);

linux(
  "one engine after the other goes on for a killed runner; the end is that of the last output",
  async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: script, env });
    const { runner } = startedRecord(project, runId);
    process.kill(runner.pid, "SIGKILL");
    for (const i of [0, 1]) {
      project.write(`go${i}`, "");
      const text = i === 0 ? "one *** " : "three\n";
      await waitUntil(async () => (await consoleText(project, runId)).endsWith(text), `the output ${i}`);
      await project.leave();
      await project.comeBack();
    }
    project.write("go2", "");
    await waitUntil(() => !project.launcher.active().includes(runId), "the end of the run");
    expect(await consoleText(project, runId)).toBe(whole);
    const { info } = await recorded(project, runId);
    expect(Math.abs((info.endTime ?? 0) - Date.now())).toBeLessThan(10_000);
    await expectNothingLeft(project, runId);
  },
);

linux("what the command left behind is copied after its end, without the runner too", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({
    command: [
      "sh",
      "-c",
      "(while [ ! -e go ]; do sleep 0.02; done; echo later $MY_API_KEY) & while [ ! -e end ]; do sleep 0.02; done; echo first",
    ],
    env,
  });
  process.kill(startedRecord(project, runId).runner.pid, "SIGKILL");
  project.write("end", "");
  await project.launcher.wait(runId);
  expect(await consoleText(project, runId)).toBe("first\n");
  project.write("go", "");
  await waitUntil(async () => (await consoleText(project, runId)) === "first\nlater ***\n", "the rest");
  await expectNothingLeft(project, runId);
});

linux("a run that ends as it should leaves no keeper behind", async () => {
  const project = await launchProject();
  const { runId } = await project.launcher.start({ command: ["sh", "-c", "echo $MY_API_KEY"], env });
  await project.launcher.wait(runId);
  await expectNothingLeft(project, runId);
});

test("with secrets or without, no file below .cairn holds what was started; without, output goes straight to the log", async () => {
  const project = await launchProject();
  const command = ["sh", "-c", `: --token ${secret}; while [ ! -e go ]; do sleep 0.02; done`];
  const plain = await project.launcher.start({ command });
  const masked = await project.launcher.start({ command, env });
  const failed = await project.launcher
    .start({ command: ["./no-such", "--token", secret] })
    .catch(() => undefined);
  expect(failed).toBeUndefined();
  const files = readdirSync(project.paths.data, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const holding = files.filter((entry) =>
    readFileSync(path.join(entry.parentPath, entry.name)).includes(secret),
  );
  expect(holding.map(({ name }) => name)).toEqual([]);
  if (process.platform === "linux") {
    const output = (runId: string): string =>
      readlinkSync(`/proc/${startedRecord(project, runId).command.pid}/fd/1`);
    expect(output(plain.runId)).toBe(path.join(project.paths.launches, plain.runId, "console.log"));
    expect(output(masked.runId)).toMatch(/console\.log\.raw \(deleted\)$/);
  }
  project.write("go", "");
  await project.launcher.wait(masked.runId);
  expect(lives(startedRecord(project, masked.runId).command.pid)).toBe(false);
});
