import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ConsoleChunk } from "../../../src/shared/protocol.js";
import { consoleText, launchProject, lives, startedRecord, untilGone } from "./launchProject.ts";
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
