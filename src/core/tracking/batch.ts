import { CairnError } from "../../shared/errors.js";
import { type KeyValue, TAG } from "../../shared/tracking.js";
import type { Core } from "./core.js";
import type { RunRecord } from "./runIndex.js";
import type { Batch, LoggedMetric } from "./types.js";
import { checkBatch, checkName, checkRunId, invalid } from "./validate.js";

/** Writes a batch as one transaction. */
export function logBatch(core: Core, runId: string, batch: Batch): void {
  checkRunId(runId);
  checkBatch(batch);
  const { session, runs } = core;
  const run = runs.getActive(runId);
  const { metrics = [], params = [], tags = [] } = batch;
  if (metrics.length + params.length + tags.length === 0) return;
  session.write(() => {
    if (params.length > 0)
      writeParams(core, run, params, params.length === 1 && metrics.length + tags.length === 0);
    if (metrics.length > 0) {
      core.series.write(run, metrics);
      writeModelMetrics(core, run, metrics);
    }
    if (tags.length > 0) writeTags(core, run, tags);
    const experimentId = String(run.experiment);
    if (params.length + tags.length > 0) session.changed({ kind: "run", runId, experimentId });
    if (metrics.length > 0) session.changed({ kind: "metrics", runId, experimentId, metrics });
  });
}

function writeParams(core: Core, run: RunRecord, params: readonly KeyValue[], alone: boolean): void {
  const conflicts: { key: string; was: string; now: string }[] = [];
  const insert = core.session.sql("INSERT OR IGNORE INTO param VALUES (?, ?, ?)");
  for (const { key, value } of params) {
    const name = core.names.intern(key);
    if (insert.run(run.id, name, value).changes > 0) {
      core.session.onCommit(() => core.columns.setText("param", name, run.id, value));
      continue;
    }
    const [was = ""] =
      core.session.row<[string]>("SELECT value FROM param WHERE run = ? AND name = ?", run.id, name) ?? [];
    if (was !== value) conflicts.push({ key, was, now: value });
  }
  const [first] = conflicts;
  if (!first) return;
  if (alone) {
    throw invalid(
      `Changing param values is not allowed. Param with key='${first.key}' was already logged with value=` +
        `'${first.was}' for run ID='${run.runId}'. Attempted logging new value '${first.now}'.`,
    );
  }
  const listed = conflicts.map(
    ({ key, was, now }) => `{'key': '${key}', 'old_value': '${was}', 'new_value': '${now}'}`,
  );
  throw invalid(
    `Changing param values is not allowed. Params were already logged='[${listed.join(", ")}]' ` +
      `for run ID='${run.runId}'.`,
  );
}

/** Sets tags; the one that holds the run's name also renames the run. */
export function writeTags(core: Core, run: RunRecord, tags: readonly KeyValue[]): void {
  for (const { key, value } of tags) {
    if (key === TAG.runName) {
      if (value !== "") renameRun(core, run, value);
    } else writeTag(core, run, key, value);
  }
}

export function writeTag(core: Core, run: { id: number }, key: string, value: string): void {
  const name = core.names.intern(key);
  core.session.sql("INSERT OR REPLACE INTO run_tag VALUES (?, ?, ?)").run(run.id, name, value);
  core.session.onCommit(() => core.columns.setText("run_tag", name, run.id, value));
}

export function renameRun(core: Core, run: RunRecord, runName: string): void {
  core.session.sql("UPDATE run SET name = ? WHERE id = ?").run(runName, run.id);
  core.runs.update(run, { runName });
  writeTag(core, run, TAG.runName, runName);
}

export function deleteTag(core: Core, runId: string, key: string): void {
  checkName(key, "key");
  const run = core.runs.getActive(runId);
  core.session.write(() => {
    const name = core.names.find(key);
    const { changes } = core.session
      .sql("DELETE FROM run_tag WHERE run = ? AND name = ?")
      .run(run.id, name ?? null);
    if (name === undefined || changes === 0)
      throw new CairnError("notFound", `No tag with name: ${key} in run with id ${runId}`);
    core.session.onCommit(() => core.columns.setText("run_tag", name, run.id, undefined));
    core.session.changed({ kind: "run", runId, experimentId: String(run.experiment) });
  });
}

function writeModelMetrics(core: Core, run: RunRecord, metrics: readonly LoggedMetric[]): void {
  for (const metric of metrics)
    if (metric.modelId !== undefined) core.models.writeMetric(run, metric, metric.modelId);
}
