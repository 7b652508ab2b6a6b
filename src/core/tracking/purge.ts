import type { Core } from "./core.js";
import { resetCore } from "./core.js";

/** What was deleted for good, in numbers. */
export interface Purged {
  runs: number;
  models: number;
  experiments: number;
}

/** Something of which files may still lie in the data folder. */
export interface GarbageItem {
  kind: "run" | "model" | "experiment";
  id: string;
  artifactUri: string;
}

/** Rows taken away in one transaction: a few milliseconds, so that whoever logs meanwhile hardly waits. */
const ROWS_A_TURN = 5000;

/**
 * Deletes for good what was deleted before `cutoff` (milliseconds since the epoch): runs but those of `keep`, logged
 * models, and experiments with all that is in them. One transaction, short however many points there are: points and
 * files become garbage, which `sweepRows` and `finishItem` take away.
 */
export function purgeDeleted(core: Core, cutoff: number, keep: readonly string[]): Purged {
  const { session } = core;
  const kept = JSON.stringify(keep);
  const runs = "deleted_time < ? AND run_id NOT IN (SELECT value FROM json_each(?))";
  const models = "deleted = 1 AND last_update_time < ?";
  const experiments = `deleted = 1 AND last_update_time < ? AND id <> 0
    AND NOT EXISTS (SELECT 1 FROM run WHERE run.experiment = experiment.id)`;
  return session.write(() => {
    const run = (text: string, ...parameters: unknown[]) => session.sql(text).run(...parameters).changes;
    run(
      `INSERT OR IGNORE INTO garbage_series
      SELECT id FROM series WHERE run IN (SELECT id FROM run WHERE ${runs})`,
      ...[cutoff, kept],
    );
    const found = run(
      `INSERT OR REPLACE INTO garbage_item SELECT 'run', run_id, artifact_uri FROM run WHERE ${runs}`,
      ...[cutoff, kept],
    );
    run(`DELETE FROM run WHERE ${runs}`, cutoff, kept);
    const emptied = run(
      `INSERT OR REPLACE INTO garbage_item SELECT 'experiment', id, artifact_location FROM experiment
      WHERE ${experiments}`,
      cutoff,
    );
    // The models of an experiment lie in its folder.
    const dropped = run(
      `INSERT OR REPLACE INTO garbage_item SELECT 'model', model_id, artifact_uri FROM model WHERE ${models}`,
      cutoff,
    );
    run(`DELETE FROM model WHERE ${models}`, cutoff);
    run(`DELETE FROM experiment WHERE ${experiments}`, cutoff);
    if (found > 0) run("DELETE FROM dataset WHERE id NOT IN (SELECT dataset FROM run_dataset)");
    session.onCommit(() => {
      resetCore(core);
    });
    session.changed({ kind: "experiment", experimentId: "0" });
    return { runs: found, models: dropped, experiments: emptied };
  });
}

/** Takes away some of the points of what was deleted for good; returns the number of rows, 0 when none is left. */
export function sweepRows(core: Core): number {
  const { session } = core;
  const series = session.row<[number]>("SELECT id FROM garbage_series LIMIT 1")?.[0];
  if (series === undefined) return 0;
  return session.write(() => {
    let left = ROWS_A_TURN;
    for (const table of ["point", "level"])
      left -= session.sql(`DELETE FROM ${table} WHERE series = ? LIMIT ?`).run(series, left).changes;
    if (left > 0) session.sql("DELETE FROM garbage_series WHERE id = ?").run(series);
    return ROWS_A_TURN - left + 1;
  });
}

/** What may still have files. */
export function garbageItems(core: Core): GarbageItem[] {
  return core.session
    .rows<[GarbageItem["kind"], string, string]>("SELECT kind, id, artifact_uri FROM garbage_item")
    .map(([kind, id, artifactUri]) => ({ kind, id, artifactUri }));
}

/** The files of this item are gone. */
export function finishItem(core: Core, { kind, id }: GarbageItem): void {
  core.session.write(() =>
    core.session.sql("DELETE FROM garbage_item WHERE kind = ? AND id = ?").run(kind, id),
  );
}
