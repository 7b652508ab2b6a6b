import path from "node:path";
import { describe, expect, test } from "vitest";
import { pythonOf } from "../peers/env.ts";
import { root } from "../host/paths.ts";
import { type CliProject, cliProject, expectValid, withoutCapture } from "./cli.ts";

const quiet = { MLFLOW_DISABLE_TELEMETRY: "true", GIT_PYTHON_REFRESH: "quiet" };

async function runScript(project: CliProject, script: string, options: string[] = [], env = {}) {
  const python = await pythonOf("tracking");
  const args = ["run", "--json", ...options, "--", python, "-B", script];
  const { code, stdout, stderr } = await project.cairn(args, { env: { ...quiet, ...env } });
  expect(stdout, stderr).not.toBe("");
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expectValid("run", document);
  return { code, stderr, document: withoutCapture(document) };
}

async function listed(project: CliProject): Promise<unknown[]> {
  return (await project.json("runs-search", ["runs", "list"])).runs as unknown[];
}

describe("an unchanged script with the real mlflow client, run by Cairn", { timeout: 240_000 }, () => {
  test("logs into the run that was started, whatever credentials its terminal has", async () => {
    const project = cliProject();
    project.write(
      "train.py",
      `import mlflow
with mlflow.start_run():
    mlflow.log_param("depth", 3)
    for step in range(20): mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("hi", "notes/a.txt")
`,
    );
    const elsewhere = {
      MLFLOW_TRACKING_URI: "http://127.0.0.1:9",
      MLFLOW_TRACKING_USERNAME: "me",
      MLFLOW_TRACKING_PASSWORD: "secret",
    };
    const { code, stderr, document } = await runScript(project, "train.py", ["-P", "lr=1"], elsewhere);
    expect(code, stderr).toBe(0);
    expect(document).toMatchObject({
      status: "FINISHED",
      experiment: "Default",
      params: { lr: "1", depth: "3" },
      metrics: { loss: { value: 0.05, step: 19 } },
      artifacts: ["notes/a.txt"],
    });
    expect(await listed(project)).toHaveLength(1);
  });

  test("that fails after its own end of the run has failed", async () => {
    const project = cliProject();
    project.write(
      "train.py",
      "import mlflow, sys\nwith mlflow.start_run(): mlflow.log_metric('a', 1)\nsys.exit(3)\n",
    );
    const { code, document } = await runScript(project, "train.py");
    expect(code).toBe(1);
    expect(document).toMatchObject({ status: "FAILED", exitCode: 3, metrics: { a: { value: 1 } } });
  });

  test("that names its experiment takes the run there, children beside it", async () => {
    const project = cliProject();
    project.write(
      "train.py",
      `import mlflow
mlflow.set_experiment("Meters é")
with mlflow.start_run(run_name="mine") as run:
    mlflow.log_metric("a", 1)
    mlflow.log_text("hi", "a.txt")
    with mlflow.start_run(nested=True): mlflow.log_metric("b", 2)
assert mlflow.get_experiment_by_name("Meters é").experiment_id == run.info.experiment_id
`,
    );
    const { code, stderr, document } = await runScript(project, "train.py", ["--experiment", "Other"]);
    expect(code, stderr).toBe(0);
    expect(document).toMatchObject({
      experiment: "Meters é",
      name: "mine",
      status: "FINISHED",
      artifacts: ["a.txt"],
    });
    const runs = await listed(project);
    expect(runs).toHaveLength(2);
    expect(runs).toMatchObject([{ experiment: "Meters é" }, { experiment: "Meters é" }]);
  });

  test.each(["fluent.py", "autolog.py"])("%s works as it does by itself", async (name) => {
    const project = cliProject();
    const script = path.join(root, "test", "fixtures", "mlflow", name);
    const { code, stderr, document } = await runScript(project, script);
    expect(code, stderr).toBe(0);
    expect(document.status).toBe("FINISHED");
    expect(Object.keys(document.metrics as object).length).toBeGreaterThan(0);
  });
});
