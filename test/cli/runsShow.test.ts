import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { CAPTURED } from "../../src/shared/capture.ts";
import { waitUntil } from "../core/runs/waitUntil.ts";
import { type CliProject, cliProject, expectValid } from "./cli.ts";

function git(project: CliProject, ...args: string[]): string {
  const identity = ["-c", "user.name=Mira", "-c", "user.email=mira@example.org"];
  return execFileSync("git", [...identity, ...args], { cwd: project.folder, encoding: "utf8" }).trim();
}

const script = `
import json, os, urllib.request
def call(method, **body):
    request = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + method, json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
run = os.environ["MLFLOW_RUN_ID"]
model = call("logged-models", experiment_id="0", name="gearbox", source_run_id=run)["model"]["info"]["model_id"]
call("runs/outputs", run_id=run, models=[{"model_id": model, "step": 7}])
call("runs/log-inputs", run_id=run, datasets=[{
    "dataset": {"name": "readings", "digest": "a1b2c3d4e5", "source_type": "local", "source": "readings.csv"},
    "tags": [{"key": "mlflow.data.context", "value": "training"}]}])
print(model)
`;

/** What `runs show --json` says once the code has been recorded. */
async function shown(project: CliProject, id: string): Promise<Record<string, unknown>> {
  let document: Record<string, unknown> = {};
  await waitUntil(async () => {
    document = await project.json("run", ["runs", "show", id]);
    return document.code !== null;
  }, "the code to be recorded");
  return document;
}

test("`runs show` says what the code was, and what was read and made", { timeout: 90_000 }, async () => {
  const project = cliProject();
  git(project, "init", "-q", "-b", "gearbox");
  project.write("train.py", "pass\n");
  git(project, "add", "train.py");
  git(project, "commit", "-qm", "First");
  project.write("train.py", script);
  project.write(".env", "API_KEY=c0ffee-not-to-be-seen\n");
  const commit = git(project, "rev-parse", "HEAD");

  const { id, models } = await project.json("run", ["run", "--", "python3", "train.py"]);
  const model = (models as { id: string }[])[0]?.id ?? "";
  const document = await shown(project, String(id));
  expect(document).toMatchObject({
    code: { state: "recorded", commit, branch: "gearbox", dirty: true },
    data: [{ path: "readings", version: null, md5: "a1b2c3d4e5", context: "training" }],
    models: [{ id: model, made: true, step: 7 }],
  });
  const { stdout } = await project.cairn(["runs", "show", String(id)]);
  expect(stdout).toContain(`commit        ${commit.slice(0, 10)} on gearbox, with changes\n`);
  expect(stdout).toMatch(/^changed +\d files?: .*train\.py \(modified\).*; patch of \d+ bytes$/m);
  expect(stdout).toMatch(/^left out +\.env \(.+\)$/m);
  expect(stdout).toMatch(/^read +readings \(training, md5 a1b2c3d4\)$/m);
  expect(stdout).toContain(`made          model ${model} at step 7\n`);
  const { runs } = await project.json("runs-compare", ["runs", "compare", String(id), String(id)]);
  expectValid("run", (runs as unknown[])[0]);
});

test("a run outside any repository says so, and one of which nothing is recorded shows the rest", async () => {
  const project = cliProject();
  const { id } = await project.json("run", ["run", "--", "true"]);
  const runId = String(id);
  expect(await shown(project, runId)).toMatchObject({ code: { state: "none" }, models: [] });
  expect((await project.cairn(["runs", "show", runId])).stdout).toMatch(
    /^commit +none: the folder is in no Git repository$/m,
  );
  rmSync(path.join(project.folder, ".cairn", "artifacts", "0", runId, "artifacts", CAPTURED.code));
  expect(await project.json("run", ["runs", "show", runId])).toMatchObject({ code: null });
});
