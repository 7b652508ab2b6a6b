import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { canRename } from "./canRename.ts";
import { readerPaths } from "../../src/core/project/index.ts";
import { openTrackingStore } from "../../src/core/tracking/index.ts";
import { openConnection } from "../../src/engine/client/connection.ts";
import { readEngineFile } from "../../src/engine/client/handshake.ts";
import type { EngineClient } from "../../src/engine/client/index.ts";
import { ensureDataFolder } from "../../src/engine/dataFolder.ts";
import { type JobKind, PROTOCOL_VERSION } from "../../src/shared/protocol.ts";
import { VERSION } from "../../src/shared/version.ts";
import { silentLogger } from "./silentLogger.ts";
import { dist, isAlive, testProject, type TestProject, until } from "./projects.ts";

/** Takes a project as an engine on another host would: with the lock, its name beside it, and the open database. */
async function ownedElsewhere(project: TestProject) {
  ensureDataFolder(project.paths);
  const lock = new Database(project.paths.lock);
  lock.exec("BEGIN EXCLUSIVE");
  const holder = `${project.paths.lock}.json`;
  writeFileSync(holder, JSON.stringify({ pid: 4242, host: "node-17", mode: "daemon" }));
  const store = await openTrackingStore({ paths: project.paths, logger: silentLogger });
  const create = (runName: string) => store.createRun({ experimentId: "0", startTime: 1, runName });
  const end = async () => {
    await store.close();
    lock.close();
  };
  onTestFinished(async () => {
    if (lock.open) await end();
    const pid = readEngineFile(readerPaths(project.paths).engineFile)?.pid;
    if (pid !== undefined && isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  await create("over there");
  return { create, end };
}

async function names(client: EngineClient): Promise<string[]> {
  const { items } = await client.request("runSearch", { experimentIds: ["0"] });
  return items.map(({ info }) => info.runName).sort();
}

test("a project that another host owns opens for reading, follows what is written there, and says why", async () => {
  const project = testProject();
  const owner = await ownedElsewhere(project);
  const before = readdirSync(project.paths.data).sort();
  const client = await project.connect({ mayOnlyRead: true });
  expect(client.engine.readOnly).toBe(true);
  expect(await names(client)).toEqual(["over there"]);

  let told = 0;
  client.on("changed", ({ all }) => {
    if (all) told++;
  });
  await owner.create("later");
  await until(() => told > 0, "the reader tells of what was written elsewhere");
  expect(await names(client)).toEqual(["later", "over there"]);

  await expect(client.request("experimentCreate", { name: "no" })).rejects.toMatchObject({ code: "refused" });
  await expect(client.request("environment", {})).rejects.toMatchObject({ code: "refused" });
  const { problems, engine } = await client.request("health", {});
  expect(engine).toMatchObject({ readOnly: true, trackingUri: "" });
  expect(problems.map(({ message }) => message).join()).toContain("on node-17 (process 4242)");
  expect(readdirSync(project.paths.data).sort()).toEqual(before);
});

const unchanged = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    // SQLite's own; a reader of a WAL takes part in its index.
    .filter((file) => !/cairn\.db-(wal|shm)$/.test(file))
    .map((file) => `${file} ${statSync(path.join(folder, file)).mtimeMs}`)
    .sort();

test("whatever would write is refused, in words that name the owner, before anything is touched", async () => {
  const project = testProject();
  await ownedElsewhere(project);
  const client = await project.connect({ mayOnlyRead: true });
  expect(client.engine.owner).toBe("node-17");
  const [runId = ""] = (await client.request("runSearch", { experimentIds: ["0"] })).items.map(
    ({ info }) => info.runId,
  );
  const before = unchanged(project.folder);
  const file = path.join(project.folder, "data.csv");
  const refused = { code: "refused", message: expect.stringContaining("node-17 owns it") as string };
  const job = (kind: JobKind, params: Record<string, unknown>) =>
    client.request("jobStart", { kind, params });
  for (const asked of [
    () => client.request("runStart", { command: ["true"] }),
    () => client.request("runDelete", { runIds: [runId] }),
    () => client.request("runTags", { runIds: [runId], set: [{ key: "a", value: "b" }], remove: [] }),
    () => client.request("alertClaim", { id: 1 }),
    () => client.request("gc", { olderThanMs: 0 }),
    () => job("dataAdd", { path: file, message: "" }),
    () => job("dataCheckout", { target: file, force: false }),
    () => job("compactDatabase", { alone: false }),
  ])
    await expect(asked()).rejects.toMatchObject(refused);
  await client.request("windowState", { trusted: true, terminals: false });
  const { jobId } = await job("dataList", {});
  expect((await client.request("jobWait", { jobId })).output).toEqual({ datasets: [] });
  expect(unchanged(project.folder)).toEqual(before);
});

test.skipIf(!canRename())(
  "beside an engine on another host the project is read, live, until that engine ends",
  { timeout: 60_000 },
  async () => {
    const project = testProject();
    const engine = [process.execPath, path.join(dist, "engine.js"), "--project", project.folder];
    const child = spawn("unshare", ["--uts", "sh", "-c", 'hostname elsewhere && exec "$0" "$@"', ...engine], {
      stdio: "ignore",
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const file = await until(() => project.engineFile, "the engine over there is ready");
    expect(file.host).toBe("elsewhere");
    const owner = await openConnection(
      file,
      { kind: "test", version: VERSION, protocol: PROTOCOL_VERSION },
      5000,
    );
    await owner.request("experimentCreate", { name: "theirs" });

    const client = await project.connect({ mayOnlyRead: true });
    expect(client.engine).toMatchObject({ readOnly: true, owner: "elsewhere" });
    const known = async () =>
      (await client.request("experiments", { view: "ALL" })).experiments.map(({ name }) => name);
    expect(await known()).toContain("theirs");
    await expect(client.request("experimentCreate", { name: "mine" })).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("elsewhere owns it") as string,
    });
    const { runId } = await owner.request("runStart", { command: ["sh", "-c", "echo over there"] });
    await until(async () => {
      const { items } = await client.request("runSearch", { experimentIds: ["0"] });
      return items.some(({ info }) => info.runId === runId && info.status === "FINISHED");
    }, "their run has ended, as seen here");
    expect((await client.request("console", { runId, start: 0, maxBytes: 1000 })).text).toBe("over there\n");

    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    await owner.request("drain", { reason: "the test says so" });
    await closed;
    const next = await project.connect({ mayOnlyRead: true });
    expect(next.engine.readOnly).toBe(false);
    await next.request("experimentCreate", { name: "mine" });
  },
);

test("two windows that may only read share one engine, and write once the owner has let go", async () => {
  const project = testProject();
  const owner = await ownedElsewhere(project);
  const clients = await Promise.all([1, 2].map(() => project.connect({ mayOnlyRead: true })));
  const pids = new Set<number>();
  for (const client of clients) pids.add((await client.request("health", {})).engine.pid);
  expect(pids.size).toBe(1);

  const closed = Promise.all(
    clients.map((client) => new Promise<void>((resolve) => client.onClose(resolve))),
  );
  await owner.end();
  await closed;
  const client = await project.connect({ mayOnlyRead: true });
  expect(client.engine.readOnly).toBe(false);
  await client.request("experimentCreate", { name: "here" });
  expect(await names(client)).toEqual(["over there"]);
});

test("without a database there is nothing to read: the owner is named instead", async () => {
  const project = testProject();
  mkdirSync(project.paths.data, { recursive: true });
  const lock = new Database(project.paths.lock);
  onTestFinished(() => void lock.close());
  lock.exec("BEGIN EXCLUSIVE");
  writeFileSync(`${project.paths.lock}.json`, JSON.stringify({ pid: 4242, host: "node-17", mode: "daemon" }));
  await expect(project.connect({ mayOnlyRead: true })).rejects.toMatchObject({
    code: "busy",
    message: expect.stringContaining("node-17") as string,
  });
  expect(existsSync(readerPaths(project.paths).logs)).toBe(false);
});
