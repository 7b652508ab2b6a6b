import type { Migration } from "./types.js";

/**
 * Ids inside are integers; the strings that MLflow's clients see stand once, in the table of the thing itself.
 * Names of metrics, parameters and tags stand once in `name`.
 *
 * A point's time is kept relative to its series' `time_base`, which saves two to three bytes in each of them. NaN,
 * which SQLite cannot store in a number, is an empty text. Metric names are those of `series.name`.
 *
 * `level` is what long series are drawn from: for bucket after bucket of `size` points, in the order they were
 * logged, where the smallest and the largest value is. NaN is counted apart, with where the first one was.
 */
const TABLES = `
CREATE TABLE cairn (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO cairn VALUES ('nextSeries', 1);

CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE experiment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  artifact_location TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  creation_time INTEGER NOT NULL,
  last_update_time INTEGER NOT NULL
);
CREATE TABLE experiment_tag (
  experiment INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE,
  name INTEGER NOT NULL REFERENCES name,
  value TEXT NOT NULL,
  PRIMARY KEY (experiment, name)
) WITHOUT ROWID;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  experiment INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE,
  name TEXT NOT NULL,
  user_id TEXT NOT NULL,
  status TEXT NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER,
  artifact_uri TEXT NOT NULL,
  deleted_time INTEGER
);
CREATE INDEX run_by_experiment ON run (experiment);
CREATE TABLE param (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name INTEGER NOT NULL REFERENCES name,
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) WITHOUT ROWID;
CREATE TABLE run_tag (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name INTEGER NOT NULL REFERENCES name,
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) WITHOUT ROWID;

CREATE TABLE series (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name INTEGER NOT NULL REFERENCES name,
  last_value REAL NOT NULL,
  last_step INTEGER NOT NULL,
  last_time INTEGER NOT NULL,
  id INTEGER NOT NULL,
  count INTEGER NOT NULL,
  time_base INTEGER NOT NULL,
  ordered INTEGER NOT NULL,
  min_value REAL,
  max_value REAL,
  PRIMARY KEY (run, name)
) WITHOUT ROWID;
CREATE TABLE point (
  series INTEGER NOT NULL,
  step INTEGER NOT NULL,
  time INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (series, step, time, value)
) WITHOUT ROWID;
CREATE TABLE level (
  series INTEGER NOT NULL,
  size INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  count INTEGER NOT NULL,
  min_step INTEGER, min_time INTEGER, min_value REAL,
  max_step INTEGER, max_time INTEGER, max_value REAL,
  nans INTEGER NOT NULL, nan_step INTEGER, nan_time INTEGER,
  PRIMARY KEY (series, size, bucket)
) WITHOUT ROWID;

CREATE TABLE dataset (
  id INTEGER PRIMARY KEY,
  experiment INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  source_type TEXT NOT NULL,
  source TEXT NOT NULL,
  schema TEXT,
  profile TEXT,
  UNIQUE (experiment, name, digest)
);
CREATE TABLE run_dataset (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  UNIQUE (run, dataset)
);
CREATE INDEX run_dataset_by_dataset ON run_dataset (dataset);
CREATE TABLE dataset_tag (
  input INTEGER NOT NULL REFERENCES run_dataset ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (input, key)
) WITHOUT ROWID;
CREATE TABLE model_input (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  model_id TEXT NOT NULL,
  PRIMARY KEY (run, model_id)
) WITHOUT ROWID;
CREATE TABLE model_output (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  model_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  PRIMARY KEY (run, model_id)
) WITHOUT ROWID;

CREATE TABLE model (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model_id TEXT NOT NULL UNIQUE,
  experiment INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE,
  name TEXT NOT NULL,
  artifact_uri TEXT NOT NULL,
  creation_time INTEGER NOT NULL,
  last_update_time INTEGER NOT NULL,
  status TEXT NOT NULL,
  status_message TEXT,
  model_type TEXT,
  source_run_id TEXT,
  deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX model_by_experiment ON model (experiment);
CREATE TABLE model_param (
  model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (model, key)
) WITHOUT ROWID;
CREATE TABLE model_tag (
  model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (model, key)
) WITHOUT ROWID;
CREATE TABLE model_metric (
  model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
  key TEXT NOT NULL,
  time INTEGER NOT NULL,
  step INTEGER NOT NULL,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  value REAL NOT NULL,
  dataset_name TEXT,
  dataset_digest TEXT,
  PRIMARY KEY (model, key, time, step, run)
) WITHOUT ROWID;
`;

export const m0001: Migration = {
  up(database) {
    database.exec(TABLES);
  },
};
