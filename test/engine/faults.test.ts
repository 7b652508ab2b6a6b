import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { withEngine } from "../../src/engine/withEngine.ts";
import { silentLogger } from "./silentLogger.ts";
import { testProject, type TestProject } from "./projects.ts";

const isRoot = process.getuid?.() === 0;

async function createsExperiment(project: TestProject): Promise<void> {
  const client = await project.connect();
  await client.request("experimentCreate", { name: "works" });
  const { experiments } = await client.request("experiments", { view: "ACTIVE_ONLY" });
  expect(experiments.map(({ name }) => name)).toContain("works");
}

test.each([
  ["with spaces", "my  project 'here' $HOME"],
  ["non-ASCII", "проект-数据-é-🧪"],
  ["over 107 bytes", `${"long-".repeat(40)}name`],
])("a project path %s", async (_what, name) => {
  await createsExperiment(testProject(name));
});

test("two long paths that begin alike have an engine each", async () => {
  const begin = "long-".repeat(40);
  const [one, two] = [testProject(`${begin}1`), testProject(`${begin}2`)];
  const pids = [];
  for (const project of [one, two])
    pids.push((await (await project.connect()).request("health", {})).engine.pid);
  expect(new Set(pids).size).toBe(2);
});

test("the port that is taken when the engine comes back is left to who has it", async () => {
  const project = testProject();
  await project.connect();
  const port = project.engineFile?.port ?? 0;
  await project.killEngine();
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });

  const health = await (await project.connect()).request("health", {});
  expect(health.engine.trackingUri).not.toContain(String(port));
  expect(health.problems.map(({ message }) => message).join()).toContain(`Port ${port}`);
  expect(project.engineFile?.port).not.toBe(port);
});

test("a corrupt database is told and left as it is", async () => {
  const project = testProject();
  mkdirSync(project.paths.data);
  const garbage = Buffer.from("this is not a database, but somebody may want it back\n".repeat(200));
  writeFileSync(project.paths.database, garbage);
  await expect(project.connect()).rejects.toMatchObject({
    code: "corrupt",
    message: expect.stringContaining("cairn.db") as string,
    hint: expect.stringContaining("restore") as string,
  });
  expect(readFileSync(project.paths.database)).toEqual(garbage);
  expect(existsSync(project.paths.engineFile)).toBe(false);
  expect(existsSync(`${project.paths.lock}.json`)).toBe(false);
});

test("a database of a newer version is told and left as it is", async () => {
  const project = testProject();
  await createsExperiment(project);
  await project.killEngine();
  const database = new Database(project.paths.database);
  database.pragma("user_version = 9999");
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
  const before = readFileSync(project.paths.database);
  await expect(project.connect()).rejects.toMatchObject({ code: "tooNew" });
  expect(readFileSync(project.paths.database)).toEqual(before);
});

/** Root writes through modes, so the folder is mounted read-only over itself. */
function makeReadOnly(project: TestProject): boolean {
  const { folder } = project;
  const mount = (...args: string[]) => spawnSync("mount", args).status === 0;
  if (!mount("--bind", folder, folder)) return false;
  project.onDispose(() => {
    spawnSync("umount", [folder]);
  });
  return mount("-o", "remount,ro,bind", folder);
}

test.skipIf(!isRoot || process.platform !== "linux")(
  "a read-only folder is told; a command can still look at what is there",
  async () => {
    const project = testProject();
    await createsExperiment(project);
    const client = await project.connect();
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    await client.request("drain", { reason: "test" });
    await closed;
    if (!makeReadOnly(project)) throw new Error("This system does not let root mount anything.");

    await expect(project.connect()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(project.paths.data) as string,
      hint: expect.stringContaining("cairn.dataDir") as string,
    });
    const options = { project: project.folder, kind: "cli", logger: silentLogger } as const;
    await withEngine(options, async (local) => {
      expect(local.engine.readOnly).toBe(true);
      const { experiments } = await local.request("experiments", { view: "ALL" });
      expect(experiments.map(({ name }) => name)).toContain("works");
      await expect(local.request("experimentCreate", { name: "no" })).rejects.toMatchObject({
        code: "refused",
      });
    });
  },
);

test.skipIf(!isRoot)("a socket folder that belongs to somebody else is refused", async () => {
  const runtime = path.join(path.dirname(testProject().folder), "run");
  mkdirSync(path.join(runtime, "cairn"), { recursive: true });
  chownSync(path.join(runtime, "cairn"), 12345, 12345);
  const before = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = runtime;
  onTestFinished(() => {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  });
  const project = testProject();
  await expect(project.connect()).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("belongs to somebody else") as string,
  });
});

test("a project held from another host names that host", async () => {
  const project = testProject();
  mkdirSync(project.paths.data);
  const lock = new Database(project.paths.lock);
  onTestFinished(() => {
    lock.close();
  });
  lock.exec("BEGIN EXCLUSIVE");
  writeFileSync(`${project.paths.lock}.json`, JSON.stringify({ pid: 4242, host: "node-17", mode: "daemon" }));
  await expect(project.connect()).rejects.toMatchObject({
    code: "busy",
    message: expect.stringContaining("on node-17 (process 4242)") as string,
    hint: expect.stringContaining("node-17") as string,
  });
});

test("a lock that nobody answers for is given up after a while", async () => {
  const project = testProject();
  mkdirSync(project.paths.data);
  const lock = new Database(project.paths.lock);
  onTestFinished(() => {
    lock.close();
  });
  lock.exec("BEGIN EXCLUSIVE");
  const file = JSON.stringify({ pid: 4242, host: os.hostname(), mode: "daemon" });
  writeFileSync(`${project.paths.lock}.json`, file);
  await expect(project.connect({ timeoutMs: 1500 })).rejects.toMatchObject({ code: "busy" });
  rmSync(`${project.paths.lock}.json`);
  await expect(project.connect({ timeoutMs: 1500 })).rejects.toMatchObject({
    code: "busy",
    message: expect.stringContaining("another process") as string,
  });
});

test("an engine that cannot start says why in the error of the client", async () => {
  const project = testProject();
  await expect(project.connect({ engineArguments: ["--nonsense"] })).rejects.toThrow("nonsense");
  await expect(project.connect({ node: "/bin/true" })).rejects.toMatchObject({ code: "invalid" });
});
