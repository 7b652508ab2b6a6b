import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { EngineClient } from "../../src/engine/client/index.ts";
import { unpackPoints } from "../../src/shared/points.ts";
import { testProject, type TestProject, until } from "./projects.ts";

/** Starts a command that says that it runs, waits for a file `go` (20 s at most), and says that it is done. */
async function startWaiting(client: EngineClient) {
  const script =
    "echo begun; n=0; while [ ! -e go ] && [ $n -lt 400 ]; do sleep 0.05; n=$((n+1)); done; echo done; exit 3";
  return client.request("runStart", { command: ["sh", "-c", script], name: "waits" });
}

const go = (project: TestProject) => {
  writeFileSync(path.join(project.folder, "go"), "");
};

async function statusOf(client: EngineClient, runId: string): Promise<string> {
  return (await client.request("run", { runId })).run.info.status;
}

test("a run's output is pushed, it keeps the engine, and its end is told", async () => {
  const project = testProject();
  const client = await project.connect({ engineArguments: ["--idle-ms", "400"] });
  const { runId, experimentId } = await startWaiting(client);
  let output = "";
  client.on("output", ({ chunk }) => (output += chunk.text));
  await client.request("subscribe", { metrics: [], console: [runId] });
  const { rows } = await client.request("runTable", {
    experimentIds: [experimentId],
    view: "ACTIVE_ONLY",
    limit: 10,
  });
  expect(rows).toMatchObject([{ runId, launched: true, status: "RUNNING", name: "waits" }]);
  const { engine } = await client.request("health", {});
  expect(engine.keptBy).toEqual(expect.arrayContaining(["1 client", "1 run"]));

  client.dispose();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const again = await project.connect({ start: "never" });
  expect((await again.request("health", {})).engine.pid).toBe(engine.pid);
  const changed: string[] = [];
  again.on("output", ({ chunk }) => (output += chunk.text));
  again.on("changed", ({ runs }) => changed.push(...runs.map((run) => run.runId)));
  await again.request("subscribe", { metrics: [], console: [runId] });
  go(project);
  await until(() => output.includes("done"), "the output was pushed");
  await until(async () => (await statusOf(again, runId)) === "FAILED", "the run has ended");
  await until(() => changed.includes(runId), "the end was told");
  const console = await again.request("console", { runId, start: 0, maxBytes: 1000 });
  expect(console).toMatchObject({ text: "begun\ndone\n", complete: true });
});

test("a run goes on while its engine is dead, and the next engine takes in how it ended", async () => {
  const project = testProject();
  const { runId } = await startWaiting(await project.connect());
  await project.killEngine();
  go(project);
  const { launches } = project.paths;
  await until(() => existsSync(path.join(launches, runId, "exit.json")), "the run has ended by itself");
  const client = await project.connect();
  await until(async () => (await statusOf(client, runId)) === "FAILED", "its end is recorded");
  const { run } = await client.request("run", { runId });
  expect(run.data.tags).toContainEqual({ key: "cairn.exitCode", value: "3" });
});

test("a run that outlives a handed-over engine is looked after by the next", async () => {
  const project = testProject();
  const old = await project.connect({ version: "1.0.0", engineArguments: ["--version", "1.0.0"] });
  const { runId } = await startWaiting(old);
  const next = await project.connect({ version: "2.0.0", engineArguments: ["--version", "2.0.0"] });
  expect(await statusOf(next, runId)).toBe("RUNNING");
  expect(await next.request("runStop", { runId })).toMatchObject({ endReason: "stopped" });
  expect(await statusOf(next, runId)).toBe("KILLED");
});

test("points logged over HTTP reach those who subscribed, and only them", async () => {
  const project = testProject();
  const [watching, other] = [await project.connect(), await project.connect()];
  const { MLFLOW_TRACKING_URI = "", MLFLOW_TRACKING_TOKEN = "" } = await other.request("environment", {});
  const post = async (method: string, body: object) => {
    const headers = { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}`, "content-type": "application/json" };
    const url = `${MLFLOW_TRACKING_URI}/api/2.0/mlflow/${method}`;
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return (await response.json()) as { run: { info: { run_id: string } } };
  };
  const { run } = await post("runs/create", { experiment_id: "0", start_time: Date.now() });
  const runId = run.info.run_id;
  const got: number[] = [];
  let others = 0;
  watching.on("points", ({ series }) => {
    for (const { data } of series) got.push(...[...unpackPoints(data)].filter((_, i) => i % 3 === 2));
  });
  other.on("points", () => others++);
  await watching.request("subscribe", { metrics: [runId], console: [] });
  for (let step = 0; step < 5; step++)
    await post("runs/log-metric", { run_id: runId, key: "loss", value: step, timestamp: 1000 + step, step });
  await until(() => got.length === 5, "all points have come");
  expect(got).toEqual([0, 1, 2, 3, 4]);
  expect(others).toBe(0);
  const { series } = await other.request("series", { runIds: [runId], maxPoints: 100 });
  expect(series).toMatchObject([{ runId, key: "loss", count: 5, decimated: false }]);
});

test("tags of several runs are set and removed, and one that is not there is no failure", async () => {
  const project = testProject();
  const client = await project.connect();
  const starts = [0, 1].map(() => client.request("runStart", { command: ["true"] }));
  const runIds = (await Promise.all(starts)).map(({ runId }) => runId);
  await client.request("runTags", { runIds, set: [{ key: "team", value: "vision" }], remove: ["nothing"] });
  const tagsOf = async (runId: string) => (await client.request("run", { runId })).row.tags;
  for (const runId of runIds) expect(await tagsOf(runId)).toEqual(["vision"]);
  await client.request("runTags", { runIds, set: [{ key: "cairn.star", value: "true" }], remove: ["team"] });
  for (const runId of runIds) {
    expect((await client.request("run", { runId })).row).toMatchObject({ tags: [], starred: true });
  }
});
