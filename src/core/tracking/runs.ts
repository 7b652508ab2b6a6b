import { randomUUID } from "node:crypto";
import { CairnError } from "../../shared/errors.js";
import { type Run, type RunInfo, TAG } from "../../shared/tracking.js";
import { renameRun, writeTag } from "./batch.js";
import type { Core } from "./core.js";
import { activeExperiment } from "./experiments.js";
import { randomName } from "./randomName.js";
import { readRuns } from "./runData.js";
import { type RunRecord, toRunInfo } from "./runIndex.js";
import type { NewRun, RunUpdate } from "./types.js";
import { appendToUri } from "./uri.js";
import { checkRunId, checkTag, invalid, invalidValue } from "./validate.js";

function checkTime(path: string, time: number): void {
  if (!Number.isSafeInteger(time)) throw invalidValue(path, time);
}

export function createRun(core: Core, input: NewRun): Run {
  const { session, runs } = core;
  const experiment = activeExperiment(core, input.experimentId);
  const tags = input.tags ?? [];
  for (const [i, tag] of tags.entries()) checkTag(tag, `tags[${i}]`);
  const startTime = input.startTime ?? Date.now();
  checkTime("start_time", startTime);
  const runName = chooseName(input);
  const runId = input.runId ?? randomUUID().replaceAll("-", "");
  checkRunId(runId);
  const record = session.write((): RunRecord => {
    if (runs.find(runId)) throw new CairnError("exists", `Run with id=${runId} already exists.`);
    const run: RunRecord = {
      id: 0,
      runId,
      experiment: experiment.id,
      runName,
      userId: input.userId ?? "",
      status: input.status ?? "RUNNING",
      startTime,
      endTime: null,
      artifactUri: appendToUri(experiment.artifactLocation, runId, "artifacts"),
      deleted: false,
    };
    const { lastInsertRowid } = session
      .sql(
        `INSERT INTO run (run_id, experiment, name, user_id, status, start_time, artifact_uri)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(runId, run.experiment, runName, run.userId, run.status, startTime, run.artifactUri);
    run.id = Number(lastInsertRowid);
    for (const { key, value } of tags) writeTag(core, run, key, value);
    writeTag(core, run, TAG.runName, runName);
    session.onCommit(() => runs.add(run));
    session.changed({ kind: "run", runId, experimentId: String(run.experiment) });
    return run;
  });
  return readRun(core, record);
}

/** An empty name is none, as in MLflow. */
function chooseName({ runName = "", tags = [] }: NewRun): string {
  const tagged = tags.find(({ key }) => key === TAG.runName)?.value ?? "";
  if (runName !== "" && tagged !== "" && runName !== tagged) {
    throw invalid(
      "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values " +
        `(run_name='${runName}', mlflow.runName='${tagged}').`,
    );
  }
  return [runName, tagged].find((name) => name !== "") ?? randomName();
}

function readRun(core: Core, record: RunRecord): Run {
  const [run] = readRuns(core, [record]);
  if (!run) throw new Error(`The run ${record.runId} could not be read.`);
  return run;
}

export function getRun(core: Core, runId: string): Run {
  return readRun(core, core.runs.get(runId));
}

export function updateRun(core: Core, runId: string, update: RunUpdate): RunInfo {
  const { session, runs } = core;
  const run = runs.getActive(runId);
  const status = update.status ?? run.status;
  const endTime = update.endTime ?? run.endTime;
  if (endTime !== null) checkTime("end_time", endTime);
  const { experimentId } = update;
  session.write(() => {
    session.sql("UPDATE run SET status = ?, end_time = ? WHERE id = ?").run(status, endTime, run.id);
    runs.update(run, { status, endTime });
    if (experimentId !== undefined) moveRun(core, run, experimentId);
    if (update.runName) renameRun(core, run, update.runName);
    session.changed({ kind: "run", runId, experimentId: String(run.experiment) });
  });
  return toRunInfo(run);
}

/** Artifacts that Cairn itself keeps. */
const SERVED = "mlflow-artifacts:/";

function moveRun(core: Core, run: RunRecord, experimentId: string): void {
  const { session, runs } = core;
  const target = activeExperiment(core, experimentId);
  // What is being recorded beside it goes on to where it began, unless the experiment keeps its artifacts elsewhere.
  const stays = [run.artifactUri, target.artifactLocation].every((uri) => uri.startsWith(SERVED));
  const artifactUri = stays ? run.artifactUri : appendToUri(target.artifactLocation, run.runId, "artifacts");
  session
    .sql("UPDATE run SET experiment = ?, artifact_uri = ? WHERE id = ?")
    .run(target.id, artifactUri, run.id);
  runs.update(run, { experiment: target.id, artifactUri });
  session.changed({ kind: "run", runId: run.runId, experimentId: String(target.id) });
}

/** Deletes a run so that it can be brought back, or does that. */
export function setRunDeleted(core: Core, runId: string, deleted: boolean): void {
  const { session, runs } = core;
  const run = runs.get(runId);
  session.write(() => {
    session.sql("UPDATE run SET deleted_time = ? WHERE id = ?").run(deleted ? Date.now() : null, run.id);
    runs.update(run, { deleted });
    session.changed({ kind: "run", runId, experimentId: String(run.experiment) });
  });
}
