import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { JobPool } from "../../src/engine/workers/pool.ts";
import type { JobInfo } from "../../src/shared/protocol.ts";
import { isAlive, testProject, until } from "./projects.ts";
import { silentLogger } from "./silentLogger.ts";

/** A worker whose jobs do what their parameters say. */
const WORKER = `
let deaf = false;
process.on("message", (message) => {
  if (message.type === "abort") {
    if (!deaf) process.send({ type: "failed", error: { code: "cancelled", message: "Cancelled." } });
    return;
  }
  const { act } = message.params;
  process.send({ type: "progress", progress: 0.5, message: String(process.pid) });
  if (act === "done") process.send({ type: "done", output: process.pid });
  if (act === "fail") process.send({ type: "failed", error: { code: "full", message: "No space.", hint: "Make some." } });
  if (act === "slow") setTimeout(() => process.send({ type: "done", output: "slow" }), 150);
  if (act === "crash") process.abort();
  if (act === "exit") { console.error("last words"); process.exit(7); }
  if (act === "hang") { deaf = true; const end = Date.now() + 60000; while (Date.now() < end); }
});
process.on("disconnect", () => process.exit(0));
`;

let file = "";

beforeEach(() => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-worker-"));
  file = path.join(folder, "worker.js");
  writeFileSync(file, WORKER);
  return () => {
    rmSync(folder, { recursive: true });
  };
});

function makePool(size = 1) {
  const { paths } = testProject();
  const updates: JobInfo[] = [];
  const pool = new JobPool({
    ...{ size, file, paths, logger: silentLogger, graceMs: 200, idleMs: 300 },
    onUpdate: (job) => updates.push(job),
  });
  onTestFinished(() => pool.close());
  const start = (act: string) => pool.start("diskUse", act, { act });
  return { pool, updates, start };
}

test("a job tells its progress and its output, and the next one uses the same worker", async () => {
  const { pool, updates, start } = makePool();
  const first = start("done");
  const { job, output } = await pool.wait(first);
  expect(job).toMatchObject({ state: "done", progress: 0.5, title: "done" });
  expect(updates.map(({ state }) => state)).toEqual(["queued", "running", "running", "done"]);
  expect((await pool.wait(start("done"))).output).toBe(output);
  await until(() => !isAlive(Number(output)), "the idle worker has ended");
});

test("a job that fails says why", async () => {
  const { pool, start } = makePool();
  const { job } = await pool.wait(start("fail"));
  expect(job).toMatchObject({
    state: "failed",
    error: { code: "full", message: "No space.", hint: "Make some." },
  });
});

test.each([
  ["crash", "signal SIGABRT"],
  ["exit", "exit code 7: last words"],
])("a worker that ends by %s fails its job only", async (act, reason) => {
  const { pool, start } = makePool();
  const [broken, next] = [start(act), start("done")];
  const { job } = await pool.wait(broken);
  expect(job.state).toBe("failed");
  expect(job.error?.message).toContain(reason);
  expect((await pool.wait(next)).job.state).toBe("done");
});

test("jobs beyond the size wait, and a waiting one is cancelled without having started", async () => {
  const { pool, updates, start } = makePool();
  const running = start("wait");
  const waiting = start("done");
  expect(pool.active).toBe(2);
  pool.cancel(waiting);
  expect((await pool.wait(waiting)).job.state).toBe("cancelled");
  expect(updates.filter(({ jobId }) => jobId === waiting).map(({ state }) => state)).toEqual([
    "queued",
    "cancelled",
  ]);
  pool.cancel(running);
  expect((await pool.wait(running)).job.state).toBe("cancelled");
  expect(pool.active).toBe(0);
});

test("a job that does not listen is killed after the grace period", async () => {
  const { pool, updates, start } = makePool();
  const jobId = start("hang");
  const pid = Number((await until(() => updates.find(({ message }) => message), "it runs")).message);
  pool.cancel(jobId);
  expect((await pool.wait(jobId)).job.state).toBe("cancelled");
  expect(isAlive(pid)).toBe(false);
});

test("closing ends the workers, also busy ones, and takes no more jobs", async () => {
  const { pool, updates, start } = makePool(2);
  start("hang");
  start("wait");
  await until(() => new Set(updates.map(({ message }) => message)).size === 3, "both run");
  await pool.close();
  expect(pool.list().map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  const pids = updates.flatMap(({ message }) => (message === undefined ? [] : [Number(message)]));
  for (const pid of pids) await until(() => !isAlive(pid), "the worker is gone");
  expect(() => start("done")).toThrow("ends");
});

test("closing with patience lets jobs finish, also those that wait, and tells why of one that does not", async () => {
  const { pool, updates, start } = makePool(1);
  const [first, second] = [start("slow"), start("slow")];
  await pool.close({ waitMs: 10_000, reason: "a newer one takes over" });
  for (const jobId of [first, second])
    expect(await pool.wait(jobId)).toMatchObject({ job: { state: "done" }, output: "slow" });
  expect(updates.at(-1)?.state).toBe("done");

  const other = makePool(1);
  const [hangs, waits] = [other.start("hang"), other.start("done")];
  const cancelled = other.start("done");
  const closing = other.pool.close({ waitMs: 300, reason: "a newer one takes over" });
  other.pool.cancel(cancelled);
  await closing;
  for (const jobId of [hangs, waits])
    expect((await other.pool.wait(jobId)).job).toMatchObject({
      state: "failed",
      error: { code: "unavailable", message: expect.stringContaining("a newer one takes over") as string },
    });
  expect((await other.pool.wait(cancelled)).job.state).toBe("cancelled");
});

test("what every engine goes on with is not waited for", async () => {
  const { pool, updates } = makePool(1);
  const jobId = pool.start("dataPack", "pack", { act: "wait" });
  await until(() => updates.some(({ message }) => message !== undefined), "it runs");
  await pool.close({ waitMs: 60_000, reason: "a newer one takes over" });
  expect((await pool.wait(jobId)).job.state).toBe("cancelled");
});

test("who gives up waiting does not end the job", async () => {
  const { pool, start } = makePool();
  const jobId = start("wait");
  const abort = new AbortController();
  const waiting = pool.wait(jobId, abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  expect(pool.active).toBe(1);
});
