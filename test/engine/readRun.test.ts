import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { EngineClient } from "../../src/engine/client/index.ts";
import { codeSides } from "../../src/host/code/codeSides.ts";
import { readCommitted } from "../../src/host/code/gitBlob.ts";
import { readCodeState, readEnvironment, readPatch } from "../../src/engine/client/captured.ts";
import { diffEnvironments } from "../../src/shared/diffEnvironments.ts";
import { testProject, until } from "./projects.ts";

async function ranCommand(client: EngineClient, ...command: string[]): Promise<string> {
  const { runId } = await client.request("runStart", { command });
  await until(
    async () => (await client.request("run", { runId })).run.info.status !== "RUNNING",
    "the run has ended",
  );
  return runId;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing thrown",
    (error: unknown) => (error as { code?: string }).code,
  );
}

test("an artifact is read in parts, and none outside the run's own folder", async () => {
  const project = testProject();
  const client = await project.connect();
  const runId = await ranCommand(client, "true");
  const { root } = await client.request("artifacts", { runId });
  mkdirSync(path.join(root, 'a "b" <i>'), { recursive: true });
  const name = 'a "b" <i>/%s & é.bin';
  writeFileSync(path.join(root, name), Buffer.from([...Array(256).keys()]));
  const read = (file: string, start: number, length: number) =>
    client.request("artifactRead", { runId, path: file, start, length });
  const part = await read(name, 250, 100);
  expect(part).toMatchObject({ start: 250, size: 256 });
  expect([...Buffer.from(part.data, "base64")]).toEqual([250, 251, 252, 253, 254, 255]);
  expect(await read(name, 9_000_000_000, 10)).toMatchObject({ data: "", size: 256 });

  writeFileSync(path.join(root, "big"), Buffer.alloc(9 << 20, 7));
  const big = await read("big", 1 << 20, 1 << 30);
  expect(big.size).toBe(9 << 20);
  expect(Buffer.from(big.data, "base64")).toHaveLength(4 << 20);

  symlinkSync(project.paths.data, path.join(root, "out"));
  for (const bad of [
    "../../../cairn.db",
    "..",
    "/etc/passwd",
    "a/../../x",
    "%2e%2e/x",
    "out/cairn.db",
    "a\\b",
  ])
    expect([bad, await failureOf(read(bad, 0, 10))]).toEqual([bad, "invalid"]);
  expect(await failureOf(read("missing", 0, 10))).toBe("notFound");
  expect(await failureOf(read('a "b" <i>', 0, 10))).toBe("notFound");
});

test("the whole console is searched, and a bad pattern is explained", async () => {
  const client = await testProject().connect();
  const runId = await ranCommand(client, "sh", "-c", "echo begin; echo 'Loss 1'; echo end");
  const query = { runId, text: "loss", regex: false, caseSensitive: false, from: 0 };
  expect(await client.request("consoleSearch", query)).toEqual({
    lines: [6],
    count: 1,
    end: 17,
    unfinished: false,
  });
  const wrong = client.request("consoleSearch", { ...query, text: "(", regex: true });
  await expect(wrong).rejects.toThrow(/pattern cannot be read/);
});

test("what was captured of a run gives its code back, each side of every changed file", async () => {
  const project = testProject();
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", project.folder, ...args])
      .toString()
      .trim();
  git("init", "-q", "-b", "main");
  git("config", "user.email", "t@t");
  git("config", "user.name", "t");
  const write = (file: string, text: string) => {
    writeFileSync(path.join(project.folder, file), text);
  };
  write("train.py", "lr = 1\nprint(lr)\n");
  write("old.py", "gone\n");
  git("add", "-A");
  git("commit", "-q", "-m", "x");
  write("train.py", "lr = 2\nprint(lr)\n");
  write('new "é".py', "fresh\n");
  write(".env", "TOKEN=abc\n");
  git("rm", "-q", "old.py");
  const client = await project.connect();
  const runId = await ranCommand(client, "true");
  const code = await until(() => readCodeState(client, runId), "the code was recorded");
  expect(code).toMatchObject({
    state: "recorded",
    commit: git("rev-parse", "HEAD"),
    branch: "main",
    dirty: true,
  });
  const patch = await readPatch(client, runId);
  const sides = (file: string) =>
    codeSides(code, patch, file, (name) => readCommitted("git", project.folder, code.commit ?? "", name));
  expect(await sides("train.py")).toEqual({ before: "lr = 1\nprint(lr)\n", after: "lr = 2\nprint(lr)\n" });
  expect(await sides("old.py")).toEqual({ before: "gone\n", after: "" });
  expect(await sides('new "é".py')).toEqual({ before: "", after: "fresh\n" });
  expect(code.leftOut.map(({ name }) => name)).toContain(".env");
  await expect(sides(".env")).rejects.toThrow(/was not recorded/);
  const environment = await until(() => readEnvironment(client, runId), "the environment was recorded");
  expect(environment.machine.cores).toBeGreaterThan(0);
  expect(diffEnvironments(environment, environment)).toEqual([]);
});
