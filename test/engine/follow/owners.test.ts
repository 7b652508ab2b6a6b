import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { message, scalarEvent, tfRecord } from "../../core/importers/events.ts";
import { testProject, until } from "../projects.ts";
import {
  artifactsOf,
  curves,
  ended,
  type FollowProject,
  followProject,
  launchShell,
  paramsOf,
} from "./followProject.ts";

/** Whose files are whose, and what happens when the engine or the script does not do as usual. */

const wait = "n=0; while [ ! -e go ] && [ $n -lt 1200 ]; do sleep 0.05; n=$((n+1)); done";
const events = (tag: string, from: number, count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, i) => scalarEvent(tag, from + i, from + i, 1_790_000_000 + from + i)),
  );
const put = (root: string, file: string, content: Buffer | string): string => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), content);
  return path.join(root, file);
};
const points = async (project: Pick<FollowProject, "client">, runId: string, key: string) =>
  ((await curves(project, runId))[key] ?? []).map(([step]) => step);
const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

test.skipIf(process.platform !== "linux")("two runs in one folder each get what they hold open", async () => {
  const project = await followProject();
  put(project.root, "a.part", events("loss", 0, 3));
  put(project.root, "b.part", events("loss", 100, 3));
  const writing = (name: string): string =>
    `mkdir -p runs/${name}; ${wait.replaceAll("go", "ready")}; exec 3>runs/${name}/events.out.tfevents.1.h; cat ${name}.part >&3; ${wait}`;
  const a = await launchShell(project, writing("a"));
  const b = await launchShell(project, writing("b"));
  put(project.root, "ready", "");
  await until(async () => (await points(project, a, "loss")).length === 3, "the first has its points");
  await until(async () => (await points(project, b, "loss")).length === 3, "the second has its points");
  expect(await points(project, a, "loss")).toEqual([0, 1, 2]);
  expect(await points(project, b, "loss")).toEqual([100, 101, 102]);
});

test("what either of two runs may have written is attached to neither, and that is said", async () => {
  const project = await followProject();
  const a = await launchShell(project, wait);
  const b = await launchShell(project, wait);
  put(project.root, "runs/x/events.out.tfevents.1.h", events("loss", 0, 3));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  project.go();
  await ended(project, a);
  await ended(project, b);
  expect(await points(project, a, "loss")).toEqual([]);
  expect(await points(project, b, "loss")).toEqual([]);
  expect(project.complaints).toEqual([expect.stringContaining("it cannot be told which of the runs")]);
});

test.skipIf(process.platform !== "linux")("what another process holds open is not the run's", async () => {
  const project = await followProject();
  const runId = await launchShell(project, wait);
  mkdirSync(path.join(project.root, "other"));
  const file = openSync(path.join(project.root, "other", "events.out.tfevents.1.h"), "w");
  writeSync(file, events("theirs", 0, 3));
  put(project.root, "ours/events.out.tfevents.1.h", events("ours", 0, 3));
  await until(async () => (await points(project, runId, "ours")).length === 3, "the run's own is there");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  closeSync(file);
  project.go();
  await ended(project, runId);
  expect(await points(project, runId, "theirs")).toEqual([]);
  expect(project.complaints).toEqual([expect.stringContaining("a process that is not of run")]);
});

test("of what was there before, only what came since is the run's", async () => {
  const project = await followProject();
  const old = put(project.root, "runs/events.out.tfevents.1.h", events("loss", 0, 5));
  const table = put(project.root, "dvclive/plots/metrics/acc.tsv", "step\tacc\n0\t0.5\n");
  put(project.root, "runs/old/events.out.tfevents.1.h", events("other", 0, 5));
  const runId = await launchShell(project, wait);
  await new Promise((resolve) => setTimeout(resolve, 500));
  appendFileSync(old, events("loss", 5, 2));
  appendFileSync(table, "1\t0.75\n");
  await until(async () => (await points(project, runId, "loss")).length > 0, "the new points are there");
  project.go();
  await ended(project, runId);
  expect(await points(project, runId, "loss")).toEqual([5, 6]);
  expect(await points(project, runId, "acc")).toEqual([1]);
  expect(await points(project, runId, "other")).toEqual([]);
});

test("a metric that the run logs itself is not mixed with that of a file", async () => {
  const project = await followProject();
  const runId = await launchShell(project, wait);
  const { MLFLOW_TRACKING_URI = "", MLFLOW_TRACKING_TOKEN = "" } = await project
    .client()
    .request("environment", {});
  const log = async (key: string, step: number): Promise<void> => {
    const response = await fetch(`${MLFLOW_TRACKING_URI}/api/2.0/mlflow/runs/log-metric`, {
      method: "POST",
      headers: { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ run_id: runId, key, value: 1, timestamp: 1, step }),
    });
    expect(response.status).toBe(200);
  };
  await log("loss", 77);
  const file = put(
    project.root,
    "runs/events.out.tfevents.1.h",
    Buffer.concat([events("loss", 0, 3), events("acc", 0, 3)]),
  );
  await until(async () => (await points(project, runId, "acc")).length === 3, "the file's own is there");
  await log("acc", 99);
  appendFileSync(file, Buffer.concat([events("acc", 3, 3), events("more", 0, 3)]));
  project.go();
  await ended(project, runId);
  expect(await points(project, runId, "loss")).toEqual([77]);
  expect(await points(project, runId, "acc")).toEqual([0, 1, 2, 99]);
  expect(await points(project, runId, "more")).toEqual([0, 1, 2]);
  expect(project.complaints).toHaveLength(2);
});

test("a run that is over at once has all that it wrote when its end is seen", async () => {
  const project = await followProject();
  put(project.root, "a.part", events("loss", 0, 5000));
  const runId = await launchShell(project, "mkdir runs; cat a.part > runs/events.out.tfevents.1.h");
  expect(await ended(project, runId)).toBe("FINISHED");
  expect(await points(project, runId, "loss")).toHaveLength(5000);
});

test("an engine that is killed loses and doubles nothing", { timeout: 60_000 }, async () => {
  const project = testProject();
  const root = project.folder;
  let client = await project.connect();
  const view = { client: () => client };
  put(root, "a.part", events("loss", 0, 50));
  put(root, "b.part", events("loss", 50, 50));
  const script =
    "mkdir -p runs dvclive/plots/metrics; cat a.part > runs/events.out.tfevents.1.h;" +
    "printf 'step\\tacc\\n' > dvclive/plots/metrics/acc.tsv;" +
    'i=0; while [ $i -lt 200 ]; do printf "$i\\t0.5\\n" >> dvclive/plots/metrics/acc.tsv; i=$((i+1)); sleep 0.02; done;' +
    `${wait}; cat b.part >> runs/events.out.tfevents.1.h; printf '200\\t0.5\\n' >> dvclive/plots/metrics/acc.tsv`;
  const { runId } = await client.request("runStart", { command: ["sh", "-c", script] });
  await until(async () => (await points(view, runId, "acc")).length > 20, "the table is followed");
  await project.killEngine();
  client = await project.connect();
  const before = await points(view, runId, "acc");
  await until(
    async () => (await points(view, runId, "acc")).length > before.length + 20,
    "it is followed on",
  );
  await project.killEngine();
  put(root, "go", "");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  client = await project.connect();
  await until(
    async () => (await client.request("run", { runId })).run.info.status === "FINISHED",
    "the end is recorded",
  );
  expect(await points(view, runId, "loss")).toEqual(range(100));
  expect(await points(view, runId, "acc")).toEqual(range(201));
});

test("secrets do not come in by a file's parameters and texts", async () => {
  const project = await followProject();
  const secret = "correct-horse-battery-staple";
  put(project.root, ".env", `DATABASE_PASSWORD=${secret}\n`);
  put(project.root, "lightning_logs/version_0/hparams.yaml", "old: 1\n");
  const text = message(
    [1, "note"],
    [8, message([1, 7], [8, `use ${secret} here`])],
    [9, message([1, message([1, "text"])])],
  );
  put(
    project.root,
    "text.part",
    tfRecord(message([1, { double: 1_790_000_000 }], [2, 1], [5, message([1, text])])),
  );
  const yaml = `api_token: 12345\nnested: {value: ${secret}}\nlr: 0.1\n`;
  put(project.root, "yaml.part", yaml);
  const runId = await launchShell(
    project,
    "mkdir -p runs lightning_logs/version_1; cat text.part > runs/events.out.tfevents.1.h; cp yaml.part lightning_logs/version_1/hparams.yaml",
  );
  await ended(project, runId);
  expect(await paramsOf(project, runId)).toEqual({ api_token: "***", "nested.value": "***", lr: "0.1" });
  expect(await artifactsOf(project, runId, "tensorboard")).toEqual(["note/1.md"]);
  const files = readdirSync(project.paths.data, { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile()))
    expect(readFileSync(path.join(file.parentPath, file.name)).includes(secret), file.name).toBe(false);
});
