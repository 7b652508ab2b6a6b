import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { pythonOf } from "../peers/env.ts";
import { startEngine } from "./engineServer.ts";
import { startMlflow } from "./mlflowServer.ts";
import { wireTo } from "./proxy.ts";
import { runScript } from "./runScript.ts";
import { historyOf, runsOf, type TrackingServer } from "./trackingServer.ts";

const folder = mkdtempSync(join(tmpdir(), "cairn-client-"));
let mlflow: TrackingServer;
let engine: TrackingServer;

beforeAll(async () => {
  mlflow = await startMlflow(folder);
  engine = await startEngine();
}, 600_000);
afterAll(async () => {
  await mlflow.stop();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

/** The part of both clients' interfaces that is the same; the module is the first argument. */
const common = `
import importlib, sys
t = importlib.import_module(sys.argv[1])
t.set_experiment(sys.argv[1])
with t.start_run(run_name="one", tags={"a": "b"}):
    t.log_params({"lr": 0.05, "hidden": "256,128", "empty": None})
    t.log_param("epochs", 8)
    for step in range(200):
        t.log_metrics({"loss": 1.0 / (step + 1)}, step=step)
    t.log_metric("odd", float("nan"), step=1)
    t.log_metric("low", float("-inf"), step=2)
    t.set_tag("note", "x")
    t.log_artifact(sys.argv[2])
    t.log_artifact(sys.argv[2], "sub/folder")
    with t.start_run(run_name="two", nested=True):
        t.log_metric("inner", 3, step=4)
`;

test("the same script leaves the same with either client on either server", async () => {
  const file = join(folder, "notes.txt");
  writeFileSync(file, "héllo");
  const python = await pythonOf("tracking");
  const record = async (client: string, server: TrackingServer) => {
    const result = await runScript(common, server.env, { python, args: [client, file] });
    expect([result.code, client === "cairn" ? result.stderr : ""]).toEqual([0, ""]);
    const runs = await runsOf(server, client);
    const names = new Map(runs.map((run) => [run.info.run_id, run.info.run_name]));
    return Promise.all(
      runs.map(async ({ info, data }) => ({
        name: info.run_name,
        status: info.status,
        ended: info.end_time !== undefined,
        params: data.params,
        metrics: data.metrics.map(({ key, value, step }) => ({ key, value: bounded(value), step })),
        tags: data.tags
          .filter(({ key }) => !key.startsWith("mlflow.source.git"))
          .map(({ key, value }) => [key, names.get(value) ?? value]),
        loss: (await historyOf(server, info.run_id, "loss")).map(({ step, value }) => [step, value]),
        files: await server
          .api(`mlflow/artifacts/list?run_id=${info.run_id}&path=sub/folder`)
          .then(
            (answer) =>
              z.object({ files: z.array(z.object({ path: z.string() })).default([]) }).parse(answer).files,
          ),
        content: await server
          .api(
            `mlflow-artifacts/artifacts/${info.artifact_uri.replace(/^mlflow-artifacts:\/*/, "")}/notes.txt`,
          )
          .catch(() => undefined),
      })),
    );
  };
  const theirs = await record("mlflow", mlflow);
  const ours = [await record("cairn", mlflow), await record("cairn", engine)];
  expect(theirs.map(({ name }) => name).sort()).toEqual(["one", "two"]);
  expect(theirs.find((run) => run.name === "one")?.loss).toHaveLength(200);
  const sorted = (runs: typeof theirs) =>
    runs
      .map((run) => ({ ...run, params: sort(run.params), metrics: sort(run.metrics), tags: sort(run.tags) }))
      .sort((a, b) => a.name.localeCompare(b.name));
  for (const runs of ours) expect(sorted(runs)).toEqual(sorted(theirs));
}, 180_000);

/** MLflow's SQL store keeps an infinity as the largest double; Cairn keeps it as it is. */
const bounded = (value: number | string) => (value === "-Infinity" ? -Number.MAX_VALUE : value);

const sort = <T>(items: T[]) => items.map((item) => JSON.stringify(item)).sort();

describe.each([
  ["a real mlflow server", () => mlflow],
  ["the engine", () => engine],
])("on %s", (_, server) => {
  test("log_model stores the file with the run and makes a ready logged model", async () => {
    const file = join(folder, "model.onnx");
    writeFileSync(file, "weights");
    const script = `import cairn, sys
cairn.set_experiment("models")
with cairn.start_run():
    cairn.log_model(sys.argv[1], "digits")`;
    expect(await runScript(script, server().env, { args: [file] })).toMatchObject({ code: 0, stderr: "" });
    const [run] = await runsOf(server(), "models");
    const id = run?.outputs?.model_outputs[0]?.model_id ?? "none";
    const model = z
      .object({
        model: z.object({
          info: z.object({ name: z.string(), status: z.string(), artifact_uri: z.string() }),
        }),
      })
      .parse(await server().api(`mlflow/logged-models/${id}`)).model.info;
    expect(model).toMatchObject({ name: "digits", status: "LOGGED_MODEL_READY" });
    for (const place of [`${run?.info.artifact_uri}/model/digits`, model.artifact_uri]) {
      const path = place.replace(/^mlflow-artifacts:\/*/, "");
      expect(await server().api(`mlflow-artifacts/artifacts/${path}/model.onnx`)).toBe("weights");
    }
  });

  test("a value the server refuses is said once and takes no other with it", async () => {
    const script = `import cairn
cairn.set_experiment("refused")
with cairn.start_run():
    cairn.log_param("lr", 1)
    for n in range(50):
        cairn.log_metric("m", n)
        cairn.log_param("lr", 2)
    cairn.log_metric("not a number", "x")
    cairn.log_artifact("/nowhere")`;
    const { code, stderr } = await runScript(script, server().env);
    expect(code).toBe(0);
    expect(stderr.match(/^cairn: not recorded: /gm)).toHaveLength(1);
    expect(stderr).toMatch(/^cairn: log_metrics failed: /m);
    expect(stderr).toMatch(/^cairn: log_artifacts failed: no such file/m);
    const [run] = await runsOf(server(), "refused");
    expect(run?.data.params).toEqual([{ key: "lr", value: "1" }]);
    const points = await historyOf(server(), run?.info.run_id ?? "", "m");
    expect(points.map(({ step, value }) => [step, value])).toEqual(
      Array.from({ length: 50 }, (_, n) => [n, n]),
    );
  });

  test("an exception in the training fails the run, is noted, and is the script's own to report", async () => {
    for (const [name, script] of Object.entries({
      "in a with block": `with cairn.start_run():\n    raise ValueError("no rows")`,
      "outside of one": `cairn.start_run()\nraise ValueError("no rows")`,
    })) {
      const { code, stderr } = await runScript(
        `import cairn\ncairn.set_experiment("${name}")\n${script}`,
        server().env,
      );
      expect(code).toBe(1);
      expect(stderr).toMatch(/^Traceback[^]*ValueError: no rows\n$/);
      const [run] = await runsOf(server(), name);
      expect(run?.info.status).toBe("FAILED");
      expect(run?.data.tags).toContainEqual({ key: "cairn.exception", value: "ValueError: no rows" });
    }
  });

  test("a run handed down by the launcher is used and left for the launcher to end", async () => {
    const create = await server().api("mlflow/runs/create", { experiment_id: "0", run_name: "launched" });
    const created = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) }).parse(create)
      .run.info;
    const script = `import cairn
with cairn.start_run(tags={"k": "v"}):
    cairn.log_metric("m", 1)
raise KeyError("late")`;
    expect((await runScript(script, { ...server().env, CAIRN_RUN_ID: created.run_id })).code).toBe(1);
    const run = z
      .object({
        run: z.object({
          info: z.object({ status: z.string() }),
          data: z.object({ tags: z.array(z.unknown()) }),
        }),
      })
      .parse(await server().api(`mlflow/runs/get?run_id=${created.run_id}`)).run;
    expect(run.info.status).toBe("RUNNING");
    expect(run.data.tags).toContainEqual({ key: "k", value: "v" });
    expect(await historyOf(server(), created.run_id, "m")).toHaveLength(1);
  });
});

test("a network that is cut in the middle, and comes back, costs nothing but time", async () => {
  await using wire = await wireTo(mlflow.env.MLFLOW_TRACKING_URI ?? "");
  const script = `import cairn, time
cairn.set_experiment("cut")
with cairn.start_run():
    for n in range(3000):
        cairn.log_metric("m", n)
        if n % 1000 == 500:
            cairn.log_text("text %d" % n, "texts/%d.txt" % n)
            print("at", n)
        time.sleep(0.001)`;
  const ended = runScript(
    script,
    { MLFLOW_TRACKING_URI: wire.url },
    {
      cwd: "/",
      onOutput: (text) => {
        if (text.endsWith("at 500\n")) wire.cut();
        if (text.endsWith("at 2500\n")) wire.mend();
      },
    },
  );
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^cairn: no answer from the tracking server, still trying: .+\n$/);
  const [run] = await runsOf(mlflow, "cut");
  expect(run?.info.status).toBe("FINISHED");
  const points = await historyOf(mlflow, run?.info.run_id ?? "", "m");
  expect(points.map(({ value }) => value)).toEqual(Array.from({ length: 3000 }, (_, n) => n));
  const answer = await mlflow.api(`mlflow/artifacts/list?run_id=${run?.info.run_id}&path=texts`);
  expect(z.object({ files: z.array(z.unknown()) }).parse(answer).files).toHaveLength(3);
}, 180_000);
