import type { DatasetInput, ModelInput, ModelOutput } from "../../shared/tracking.js";
import type { Core } from "./core.js";
import type { RunRecord } from "./runIndex.js";
import { checkDatasetInputs, checkRunId } from "./validate.js";

/** Links datasets and models that a run reads. What is already linked stays as it is. */
export function logInputs(
  core: Core,
  runId: string,
  datasets: readonly DatasetInput[],
  models: readonly ModelInput[],
): void {
  checkRunId(runId);
  checkDatasetInputs(datasets);
  const run = core.runs.getActive(runId);
  const { session } = core;
  session.write(() => {
    for (const input of datasets) writeDatasetInput(core, run, input);
    for (const { modelId } of models)
      session.sql("INSERT OR IGNORE INTO model_input VALUES (?, ?)").run(run.id, modelId);
    session.changed({ kind: "run", runId, experimentId: String(run.experiment) });
  });
}

function writeDatasetInput({ session }: Core, run: RunRecord, { dataset, tags }: DatasetInput): void {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  const key = [run.experiment, name, digest];
  session
    .sql(
      `INSERT OR IGNORE INTO dataset (experiment, name, digest, source_type, source, schema, profile)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(...key, sourceType, source, schema, profile);
  const { changes, lastInsertRowid } = session
    .sql(
      `INSERT OR IGNORE INTO run_dataset (run, dataset)
      SELECT ?, id FROM dataset WHERE experiment = ? AND name = ? AND digest = ?`,
    )
    .run(run.id, ...key);
  if (changes === 0) return;
  for (const tag of tags)
    session
      .sql("INSERT OR REPLACE INTO dataset_tag VALUES (?, ?, ?)")
      .run(lastInsertRowid, tag.key, tag.value);
}

/** Links models that a run has made; the same one again only moves its step. */
export function logOutputs(core: Core, runId: string, models: readonly ModelOutput[]): void {
  const run = core.runs.getActive(runId);
  core.session.write(() => {
    for (const { modelId, step } of models)
      core.session.sql("INSERT OR REPLACE INTO model_output VALUES (?, ?, ?)").run(run.id, modelId, step);
    core.session.changed({ kind: "run", runId, experimentId: String(run.experiment) });
  });
}
