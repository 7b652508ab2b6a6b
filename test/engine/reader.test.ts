import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { readerPaths } from "../../src/core/project/index.ts";
import { openTrackingStore } from "../../src/core/tracking/index.ts";
import { readEngineFile } from "../../src/engine/client/handshake.ts";
import type { EngineClient } from "../../src/engine/client/index.ts";
import { ensureDataFolder } from "../../src/engine/dataFolder.ts";
import { silentLogger } from "./silentLogger.ts";
import { isAlive, testProject, type TestProject, until } from "./projects.ts";

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
