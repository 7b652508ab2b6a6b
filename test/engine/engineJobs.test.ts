import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { JobOutput } from "../../src/shared/jobs.ts";
import type { EngineClient } from "../../src/engine/client/index.ts";
import type { JobKind } from "../../src/shared/protocol.ts";
import { testProject, until } from "./projects.ts";

async function doJob<K extends JobKind>(client: EngineClient, kind: K, params: Record<string, unknown> = {}) {
  const { jobId } = await client.request("jobStart", { kind, params });
  const states: string[] = [];
  const onProgress = ({ state }: { state: string }) => states.push(state);
  const { job, output } = await client.request("jobWait", { jobId }, { onProgress });
  return { job, output: output as JobOutput<K>, states };
}

test("the disk space used is summed by area", async () => {
  const project = testProject();
  const client = await project.connect();
  const { job, output } = await doJob(client, "diskUse");
  expect(job.state).toBe("done");
  const database = output.areas.find(({ name }) => name === "database");
  // With its log, which is not moved into it while nobody writes.
  const files = ["", "-wal", "-shm"].map((suffix) => statSync(project.paths.database + suffix).size);
  expect(database).toMatchObject({ bytes: files.reduce((sum, size) => sum + size, 0), files: 3 });
  expect(output.total).toBe(output.areas.reduce((sum, { bytes }) => sum + bytes, 0));
});

test("a backup is a whole database, and never overwrites", async () => {
  const project = testProject();
  const client = await project.connect();
  await client.request("experimentCreate", { name: "kept" });
  const file = path.join(project.folder, "copy.db");
  const { job, output, states } = await doJob(client, "backup", { file });
  expect(job).toMatchObject({ state: "done" });
  expect(states).toContain("done");
  expect(output).toEqual({ file, bytes: statSync(file).size });
  const copy = new Database(file, { readonly: true });
  expect(copy.prepare("SELECT count(*) FROM experiment WHERE name = 'kept'").pluck().get()).toBe(1);
  copy.close();
  const again = await doJob(client, "backup", { file });
  expect(again.job).toMatchObject({ state: "failed", error: { code: "exists" } });
  rmSync(file);
});

test("a sound database has no problems", async () => {
  const project = testProject();
  const client = await project.connect();
  expect((await doJob(client, "checkDatabase")).output).toEqual({ problems: [] });
});

test("wrong parameters start nothing", async () => {
  const project = testProject();
  const client = await project.connect();
  const start = (kind: string, params: Record<string, unknown>) =>
    client.request("jobStart", { kind: kind as JobKind, params });
  await expect(start("backup", { file: "relative.db" })).rejects.toMatchObject({ code: "invalid" });
  await expect(start("formatDisk", {})).rejects.toMatchObject({ code: "invalid" });
  expect((await client.request("health", {})).jobs).toEqual([]);
});

test("a worker that is killed fails its job, and the engine goes on", async () => {
  const project = testProject();
  const client = await project.connect();
  await doJob(client, "diskUse");
  const engine = await project.enginePid();
  const [worker] = childrenOf(engine);
  expect(worker).toBeDefined();
  // Stopped, it takes the job and does nothing; the engine cannot tell that from work.
  process.kill(worker ?? 0, "SIGSTOP");
  const { jobId } = await client.request("jobStart", { kind: "diskUse", params: {} });
  process.kill(worker ?? 0, "SIGKILL");
  const { job } = await client.request("jobWait", { jobId });
  expect(job).toMatchObject({ state: "failed", error: { code: "internal" } });
  expect(job.error?.message).toContain("SIGKILL");
  expect((await doJob(client, "diskUse")).job.state).toBe("done");
});

test("the death of the engine ends its workers", async () => {
  const project = testProject();
  const client = await project.connect();
  await doJob(client, "diskUse");
  const workers = childrenOf(await project.enginePid());
  expect(workers).toHaveLength(1);
  await project.killEngine();
  for (const pid of workers) await until(() => stateOf(pid) === undefined, "the worker is gone");
});

function stateOf(pid: number): { parent: number; state: string } | undefined {
  try {
    const [state = "", parent = ""] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return state === "Z" ? undefined : { parent: Number(parent), state };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((candidate) => stateOf(candidate)?.parent === pid);
}
