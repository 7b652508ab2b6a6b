import type { Migration } from "./types.js";

/**
 * Alerts of runs: `delivery` is 0 for one that nobody outside is told of, 1 pending, 2 done, 3 given up. `watched_run`
 * are the runs whose end is still to be told, so that an end that came while nobody looked is told once.
 *
 * `garbage_item` (of a run, a logged model, an experiment) and `garbage_series` name what was deleted for good and may
 * still lie in the data folder and in `point` and `level`: it is taken away bit by bit, by the next engine if this one
 * dies.
 */
const TABLES = `
CREATE TABLE alert (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  kind TEXT NOT NULL,
  metric TEXT NOT NULL DEFAULT '',
  rule TEXT NOT NULL,
  message TEXT NOT NULL,
  time INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL DEFAULT 0,
  claimed INTEGER NOT NULL DEFAULT 0,
  quiet INTEGER NOT NULL DEFAULT 0,
  delivery INTEGER NOT NULL DEFAULT 0,
  UNIQUE (run, kind, metric)
);
CREATE INDEX alert_unacknowledged ON alert (id) WHERE acknowledged = 0;
CREATE INDEX alert_to_deliver ON alert (id) WHERE delivery = 1;
CREATE TABLE watched_run (
  run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  muted INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE garbage_item (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  artifact_uri TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE garbage_series (id INTEGER PRIMARY KEY);
CREATE INDEX model_metric_by_run ON model_metric (run);
`;

export const m0002: Migration = {
  up(database) {
    database.exec(TABLES);
  },
};
