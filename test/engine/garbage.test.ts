import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ProjectPaths, projectPaths } from "../../src/core/project/index.ts";
import { checkDatabase, compactDatabase, openNative } from "../../src/core/store/index.ts";
import { openTrackingStore, type SqliteTrackingStore } from "../../src/core/tracking/index.ts";
import { Collector } from "../../src/engine/garbage/collector.ts";
import { JobPool } from "../../src/engine/workers/pool.ts";
import type { DiskUse } from "../../src/shared/jobs.ts";
import { sourceHooks } from "../core/store/writer.ts";
import { tempFolder } from "../core/tracking/tempStore.ts";
import { root as checkout } from "../host/paths.ts";
import { dist, testProject } from "./projects.ts";
import { silentLogger } from "./silentLogger.ts";

const KILLS = process.env.CAIRN_LONG ? 200 : 15;

async function project() {
  const root = tempFolder();
  const paths = projectPaths(root, "");
  mkdirSync(paths.data, { recursive: true });
  const open = () => openTrackingStore({ paths, logger: silentLogger });
  const store = await open();
  const add = (runId: string, points = 100, experimentId = "0") =>
    addRun(store, paths, runId, points, experimentId);
  return { root, paths, store, open, add };
}

function collector({ paths }: { paths: ProjectPaths }, store: SqliteTrackingStore, active: string[] = []) {
  const jobs = new JobPool({
    ...{ size: 1, file: path.join(dist, "worker.js"), paths, logger: silentLogger },
    onUpdate: () => undefined,
  });
  onTestFinished(() => jobs.close());
  return new Collector({
    ...{ paths, store, jobs, logger: silentLogger },
    active: () => active,
    inUse: () => Promise.resolve(active.length > 0),
  });
}

/** A run with points, parameters and files of every kind: 3,000 bytes. */
async function addRun(
  store: SqliteTrackingStore,
  paths: ProjectPaths,
  runId: string,
  points: number,
  experimentId: string,
): Promise<void> {
  await store.createRun({ runId, experimentId, startTime: 1000 });
  const metrics = Array.from({ length: points }, (_, i) => ({
    ...{ key: `m${i % 3}`, value: i, step: i, timestamp: 1000 + i },
  }));
  for (let i = 0; i < points; i += 1000) await store.logBatch(runId, { metrics: metrics.slice(i, i + 1000) });
  await store.logBatch(runId, { params: [{ key: "lr", value: "0.1" }] });
  await store.logInputs(runId, [
    { tags: [], dataset: { name: runId, digest: "1", sourceType: "local", source: "x" } },
  ]);
  await store.updateRun(runId, { status: "FINISHED", endTime: 2000 });
  const files = [
    path.join(paths.artifacts, experimentId, runId, "artifacts", "plots", "a.png"),
    path.join(paths.launches, runId, "console.log"),
    path.join(paths.data, "spool", `${runId}.jsonl`),
  ];
  for (const file of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "x".repeat(1000));
  }
  mkdirSync(path.join(paths.data, "spool", runId));
  writeFileSync(path.join(paths.data, "spool", runId, "1"), "");
}

/** Names of the runs that anything is left of, on disk or in any table. */
function leftovers({ paths }: { paths: ProjectPaths }) {
  const database = openNative(paths.database, { readonly: true });
  try {
    const all = <T>(text: string): T[] => database.prepare<[], T>(text).pluck().all();
    return {
      runs: all<string>("SELECT run_id FROM run ORDER BY run_id"),
      params: all<number>("SELECT count(*) FROM param")[0],
      datasets: all<string>("SELECT name FROM dataset ORDER BY name"),
      orphans: all<number>("SELECT count(*) FROM point WHERE series NOT IN (SELECT id FROM series)")[0],
      levels: all<number>("SELECT count(*) FROM level WHERE series NOT IN (SELECT id FROM series)")[0],
      garbage: [
        ...all<string>("SELECT id FROM garbage_item"),
        ...all<number>("SELECT id FROM garbage_series"),
      ],
      files: ["artifacts/0", "launches", "spool"].map((folder) => {
        const each = path.join(paths.data, folder);
        return existsSync(each) ? readdirSync(each).sort() : [];
      }),
    };
  } finally {
    database.close();
  }
}

const clean = (ids: string[]) => ({
  ...{ runs: ids, params: ids.length, datasets: ids, orphans: 0, levels: 0, garbage: [] },
  files: [ids, ids, ids.flatMap((id) => [id, `${id}.jsonl`])],
});

describe("deleting for good", () => {
  test("takes what was deleted long enough ago, with everything that it had, and nothing else", async () => {
    const here = await project();
    const { store, add } = here;
    onTestFinished(() => store.close());
    for (const id of ["kept", "old", "recent", "running"]) await add(id, 5000);
    await store.deleteRun("old");
    await store.deleteRun("running");
    store.session.database.prepare("UPDATE run SET deleted_time = 5000 WHERE deleted_time IS NOT NULL").run();
    await store.deleteRun("recent");
    const garbage = collector(here, store, ["running"]);
    const before = (await store.counts()).metricPoints;
    const result = await garbage.collect({ olderThanMs: 3600_000 });
    expect(result).toMatchObject({ runs: 1, models: 0, experiments: 0 });
    expect(result.bytes).toBeGreaterThanOrEqual(3000);
    expect(leftovers(here)).toEqual(clean(["kept", "recent", "running"]));
    // What the store keeps in memory follows.
    await expect(store.getRun("old")).rejects.toThrow("not found");
    expect((await store.counts()).metricPoints).toBe(before - 5000);
    expect((await store.getMetricHistory("kept", "m1", { maxResults: 9999 })).items).toHaveLength(1667);
    await add("old");
    expect((await store.getRun("old")).data.metrics).toHaveLength(3);
    expect(await garbage.collect({ olderThanMs: 3600_000 })).toEqual({
      ...{ runs: 0, models: 0, experiments: 0, bytes: 0 },
    });
    expect(await checkDatabase(here.paths)).toEqual({ problems: [] });
  });

  test("takes deleted experiments and models, but no folder that is not theirs", async () => {
    const here = await project();
    const { store, add, paths } = here;
    onTestFinished(() => store.close());
    const gone = await store.createExperiment({ name: "gone" });
    const shared = await store.createExperiment({ name: "shared", artifactLocation: "mlflow-artifacts:/0" });
    await add("a", 10, gone.experimentId);
    await add("kept", 10);
    const model = await store.createLoggedModel({ experimentId: "0", name: "net" });
    const folder = path.join(paths.artifacts, "0", "models", model.modelId, "artifacts");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "model.onnx"), "x");
    symlinkSync(path.join(paths.artifacts, "0", "kept"), path.join(folder, "link"));
    await store.deleteLoggedModel(model.modelId);
    for (const { experimentId } of [gone, shared]) await store.deleteExperiment(experimentId);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const result = await collector(here, store).collect({ olderThanMs: 0 });
    expect(result).toMatchObject({ runs: 1, models: 1, experiments: 2 });
    expect(existsSync(path.join(paths.artifacts, gone.experimentId))).toBe(false);
    expect(readdirSync(path.join(paths.artifacts, "0", "models"))).toEqual([]);
    expect(existsSync(path.join(paths.artifacts, "0", "kept", "artifacts", "plots", "a.png"))).toBe(true);
    expect(await store.getExperimentByName("gone")).toBeUndefined();
    expect((await store.getExperiment("0")).name).toBe("Default");
  });

  test("leaves the engine free to log meanwhile", async () => {
    const here = await project();
    const { store, add } = here;
    onTestFinished(() => store.close());
    await add("big", 200_000);
    await add("live", 1);
    await store.deleteRun("big");
    await new Promise((resolve) => setTimeout(resolve, 5));
    let longest = 0;
    let done = false;
    const collecting = collector(here, store, ["live"])
      .collect({ olderThanMs: 0 })
      .finally(() => {
        done = true;
      });
    for (let step = 0; !done; step++) {
      const start = performance.now();
      await store.logBatch("live", { metrics: [{ key: "m", value: 1, step, timestamp: step }] });
      await new Promise((resolve) => setImmediate(resolve));
      longest = Math.max(longest, performance.now() - start);
    }
    await collecting;
    expect(leftovers(here)).toMatchObject({ runs: ["live"], orphans: 0, garbage: [] });
    // Measured: 27 ms on two busy cores.
    expect(longest).toBeLessThan(1000);
  });
});

test(
  "killed at any moment it leaves nothing that the next one does not take away",
  async () => {
    const here = await project();
    const script = path.join(checkout, "test", "engine", "killedCollector.ts");
    let store = here.store;
    let finished = 0;
    await here.add("kept", 500);
    for (let kill = 0; kill < KILLS; kill++) {
      for (const id of ["x", "y", "z"]) await addRun(store, here.paths, `${id}${kill}`, 3000, "0");
      for (const id of ["x", "y", "z"]) await store.deleteRun(`${id}${kill}`);
      await store.close();
      const child = spawn(process.execPath, ["--import", sourceHooks, script, here.root], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      const exit = once(child, "exit");
      const began = new Promise<void>((resolve) => {
        child.stdout.on("data", (data: Buffer) => {
          output += data.toString();
          resolve();
        });
      });
      await Promise.race([began, exit]);
      setTimeout(() => child.kill("SIGKILL"), Math.random() * 150);
      await exit;
      if (output.split("\n").length > 2) finished++;
      store = await here.open();
      // In every other round what a killed one left is first added to.
      if (kill % 2 === 0) continue;
      await collector(here, store).collect({ olderThanMs: 0 });
      expect(leftovers(here)).toEqual(clean(["kept"]));
      expect(await checkDatabase(here.paths)).toEqual({ problems: [] });
    }
    await store.close();
    expect(finished).toBeLessThan(KILLS);
  },
  KILLS * 10_000,
);

describe("giving space back", () => {
  test.each([
    ["a new database", true, true],
    ["an old one that nobody uses", false, true],
    ["an old one in use", false, false],
  ])("%s", async (_, incremental, alone) => {
    const file = path.join(tempFolder(), "cairn.db");
    const database = new Database(file);
    onTestFinished(() => void database.close());
    if (incremental) database.pragma("auto_vacuum = INCREMENTAL");
    database.pragma("journal_mode = WAL");
    database.exec("CREATE TABLE t (x); CREATE TABLE kept (x); INSERT INTO kept VALUES (1)");
    const insert = database.prepare("INSERT INTO t VALUES (?)");
    database.transaction(() => {
      for (let i = 0; i < 5000; i++) insert.run("x".repeat(1000));
    })();
    database.exec("DELETE FROM t");
    database.pragma("wal_checkpoint(TRUNCATE)");
    const { before, after } = await compactDatabase({ database: file }, { alone });
    expect(before).toBeGreaterThan(5_000_000);
    if (incremental || alone) expect(after).toBeLessThan(100_000);
    else expect(after).toBe(before);
    expect(statSync(file).size).toBe(after);
    expect(database.prepare("SELECT x FROM kept").pluck().all()).toEqual([1]);
  });
});

test("what fills the project is told by what it is, by experiment and by run", async () => {
  const here = testProject();
  const client = await here.connect();
  const { experimentId } = await client.request("experimentCreate", { name: "second" });
  await client.request("drain", { reason: "to write beside it" });
  await new Promise<void>((resolve) => client.onClose(resolve));
  const store = await openTrackingStore({ paths: here.paths, logger: silentLogger });
  await addRun(store, here.paths, "one", 100, "0");
  await addRun(store, here.paths, "two", 100, experimentId);
  const big = path.join(here.paths.artifacts, experimentId, "two", "artifacts", "big.bin");
  writeFileSync(big, "x".repeat(50_000));
  await addRun(store, here.paths, "three", 100, "0");
  await store.deleteRun("three");
  await store.close();
  mkdirSync(path.join(here.paths.artifacts, "0", "nobody's"), { recursive: true });
  writeFileSync(path.join(here.paths.artifacts, "0", "nobody's", "file"), "x".repeat(77));
  const again = await here.connect();
  const { jobId } = await again.request("jobStart", { kind: "diskUse", params: {} });
  const use = (await again.request("jobWait", { jobId })).output as DiskUse;
  const areas = new Map(use.areas.map(({ name, bytes }) => [name, bytes]));
  expect(areas.get("artifacts")).toBe(53_077);
  expect(areas.get("console logs")).toBe(3000);
  expect(areas.get("spool")).toBe(3000);
  expect(areas.get("database")).toBeGreaterThan(10_000);
  expect(use.total).toBe([...areas.values()].reduce((a, b) => a + b, 0));
  expect(use.experiments.map(({ name, runs, bytes }) => [name, runs, bytes])).toEqual([
    ["second", 1, 52_000],
    ["Default", 2, 4000],
  ]);
  expect(use.runs.map(({ runId, bytes, points }) => [runId, bytes, points])).toEqual([
    ["two", 52_000, 100],
    ["one", 2000, 100],
  ]);
  expect(use.deleted).toMatchObject([{ runId: "three", bytes: 2000 }]);
  expect(use.unknown).toEqual({ bytes: 77, folders: 1 });
  expect(await again.request("gc", { olderThanMs: 0 })).toMatchObject({ runs: 1 });
  expect(existsSync(path.join(here.paths.launches, "three"))).toBe(false);
});
