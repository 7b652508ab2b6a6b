import { CairnError } from "../../shared/errors.js";
import type { Experiment, KeyValue } from "../../shared/tracking.js";
import type { Core } from "./core.js";
import { checkExperimentName, checkExperimentTag, parseExperimentId } from "./validate.js";

export interface ExperimentRecord extends Omit<Experiment, "experimentId" | "lifecycleStage" | "tags"> {
  id: number;
  deleted: boolean;
}

type Row = [number, string, string, number, number, number];
const SELECT = "SELECT id, name, artifact_location, deleted, creation_time, last_update_time FROM experiment";

function toRecord([
  id,
  name,
  artifactLocation,
  deleted,
  creationTime,
  lastUpdateTime,
]: Row): ExperimentRecord {
  return { id, name, artifactLocation, deleted: deleted === 1, creationTime, lastUpdateTime };
}

/** Every experiment: there are hundreds at most, so nothing of them is kept. */
export function allExperiments({ session }: Core): ExperimentRecord[] {
  return session.rows<Row>(`${SELECT} ORDER BY id`).map(toRecord);
}

export function findExperiment({ session }: Core, id: number): ExperimentRecord {
  const row = session.row<Row>(`${SELECT} WHERE id = ?`, id);
  if (!row) throw new CairnError("notFound", `No Experiment with id=${id} exists`);
  return toRecord(row);
}

/** One that may be written to. */
export function activeExperiment(core: Core, experimentId: string): ExperimentRecord {
  const record = findExperiment(core, parseExperimentId(experimentId));
  if (record.deleted) {
    throw new CairnError(
      "invalid",
      `The experiment ${record.id} must be in the 'active' state. Current state is deleted.`,
    );
  }
  return record;
}

export function toExperiment({ session, names }: Core, record: ExperimentRecord): Experiment {
  const { id, name, artifactLocation, deleted, creationTime, lastUpdateTime } = record;
  const tags = session
    .rows<[number, string]>("SELECT name, value FROM experiment_tag WHERE experiment = ?", id)
    .map(([key, value]): KeyValue => ({ key: names.nameOf(key), value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    experimentId: String(id),
    name,
    artifactLocation,
    lifecycleStage: deleted ? "deleted" : "active",
    creationTime,
    lastUpdateTime,
    tags,
  };
}

export function getExperimentByName(core: Core, name: string): Experiment | undefined {
  const row = core.session.row<Row>(`${SELECT} WHERE name = ?`, name);
  return row && toExperiment(core, toRecord(row));
}

export interface NewExperiment {
  name: string;
  artifactLocation?: string;
  tags?: KeyValue[];
}

export function createExperiment(core: Core, artifactRoot: string, input: NewExperiment): Experiment {
  checkExperimentName(input.name);
  for (const tag of input.tags ?? []) checkExperimentTag(tag);
  const { session } = core;
  return session.write(() => {
    assertFree(core, input.name);
    const now = Date.now();
    const { lastInsertRowid } = session
      .sql(
        "INSERT INTO experiment (name, artifact_location, creation_time, last_update_time) VALUES (?, ?, ?, ?)",
      )
      .run(input.name, input.artifactLocation ?? "", now, now);
    const id = Number(lastInsertRowid);
    if (!input.artifactLocation)
      session.sql("UPDATE experiment SET artifact_location = ? WHERE id = ?").run(`${artifactRoot}${id}`, id);
    for (const tag of input.tags ?? []) writeTag(core, id, tag);
    changed(core, id);
    return toExperiment(core, findExperiment(core, id));
  });
}

/** MLflow's clients expect an experiment 0 to be there. */
export function createDefaultExperiment({ session }: Core, artifactRoot: string): void {
  const now = Date.now();
  session.write(() =>
    session
      .sql("INSERT OR IGNORE INTO experiment VALUES (0, 'Default', ?, 0, ?, ?)")
      .run(`${artifactRoot}0`, now, now),
  );
}

function assertFree(core: Core, name: string): void {
  const taken = core.session.row<[number, number]>("SELECT id, deleted FROM experiment WHERE name = ?", name);
  if (!taken) return;
  throw new CairnError("exists", `Experiment(name=${name}) already exists.`, {
    hint:
      taken[1] === 1
        ? "An experiment of this name was deleted: restore it, or choose another name."
        : "Choose another name.",
  });
}

function changed({ session }: Core, id: number): void {
  session.changed({ kind: "experiment", experimentId: String(id) });
}

export function renameExperiment(core: Core, experimentId: string, name: string): void {
  checkExperimentName(name);
  const { id, deleted, name: was } = findExperiment(core, parseExperimentId(experimentId));
  if (deleted) throw new CairnError("invalid", "Cannot rename a non-active experiment.");
  core.session.write(() => {
    if (name !== was) assertFree(core, name);
    core.session
      .sql("UPDATE experiment SET name = ?, last_update_time = ? WHERE id = ?")
      .run(name, Date.now(), id);
    changed(core, id);
  });
}

/** Deletes an experiment with its runs, or brings both back: both can be undone. */
export function setExperimentDeleted(core: Core, experimentId: string, deleted: boolean): void {
  const { session, runs, texts } = core;
  const record = findExperiment(core, parseExperimentId(experimentId));
  if (record.deleted === deleted)
    throw new CairnError("notFound", `No Experiment with id=${record.id} exists`);
  session.write(() => {
    const now = Date.now();
    session
      .sql("UPDATE experiment SET deleted = ?, last_update_time = ? WHERE id = ?")
      .run(deleted ? 1 : 0, now, record.id);
    session.sql("UPDATE run SET deleted_time = ? WHERE experiment = ?").run(deleted ? now : null, record.id);
    session.onCommit(() => {
      runs.reset();
      texts.reset();
    });
    changed(core, record.id);
  });
}

function writeTag({ session, names }: Core, id: number, { key, value }: KeyValue): void {
  session.sql("INSERT OR REPLACE INTO experiment_tag VALUES (?, ?, ?)").run(id, names.intern(key), value);
}

export function setExperimentTag(core: Core, experimentId: string, tag: KeyValue): void {
  checkExperimentTag(tag);
  const { id } = activeExperiment(core, experimentId);
  core.session.write(() => {
    writeTag(core, id, tag);
    changed(core, id);
  });
}

export function deleteExperimentTag(core: Core, experimentId: string, key: string): void {
  const { id } = activeExperiment(core, experimentId);
  core.session.write(() => {
    const { changes } = core.session
      .sql("DELETE FROM experiment_tag WHERE experiment = ? AND name = ?")
      .run(id, core.names.find(key) ?? null);
    if (changes === 0)
      throw new CairnError("notFound", `No tag with name: ${key} in experiment with id ${id}`);
    changed(core, id);
  });
}
