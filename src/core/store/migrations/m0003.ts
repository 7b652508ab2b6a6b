import type { Migration } from "./types.js";

/**
 * Versions of data. `data_object` is a content: its MD5 is its identity (as in DVC), SHA-256 verifies it. It lies in
 * `file` from `offset` on with `bytes` bytes, made by `recipe`, for which it may need `parent`. `base` is the object at
 * the bottom of its chain and `position` its place in the group of objects above that one. `predecessor` is what it
 * replaced and may be made of; `compressed` the bytes that zstd alone needs for it; both are for packing.
 *
 * `data_file` is every file that Cairn makes for contents, written down before it is made: `state` is 0 while process
 * `writer` (`host:pid`) writes it, 1 when it is whole, 2 when it is to be removed.
 *
 * `data_stat` remembers what hashed files looked like, by dataset, so that unchanged ones are not read again.
 */
const TABLES = `
CREATE TABLE data_set (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE
);
CREATE TABLE data_version (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  data_set INTEGER NOT NULL REFERENCES data_set ON DELETE CASCADE,
  number INTEGER NOT NULL,
  md5 TEXT NOT NULL,
  size INTEGER NOT NULL,
  files INTEGER,
  executable INTEGER NOT NULL DEFAULT 0,
  author TEXT NOT NULL,
  message TEXT NOT NULL,
  time INTEGER NOT NULL,
  UNIQUE (data_set, number)
);
CREATE TABLE data_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL,
  writer TEXT NOT NULL
);
CREATE INDEX data_file_unsettled ON data_file (state) WHERE state <> 1;
CREATE TABLE data_object (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  md5 TEXT NOT NULL UNIQUE,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  file INTEGER NOT NULL REFERENCES data_file,
  offset INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  recipe TEXT NOT NULL,
  parent INTEGER REFERENCES data_object,
  base INTEGER REFERENCES data_object,
  position INTEGER NOT NULL DEFAULT 0,
  packed INTEGER NOT NULL DEFAULT 0,
  predecessor INTEGER REFERENCES data_object,
  version INTEGER REFERENCES data_version ON DELETE SET NULL,
  compressed INTEGER,
  rows INTEGER,
  columns INTEGER
);
CREATE INDEX data_object_by_file ON data_object (file);
CREATE INDEX data_object_by_base ON data_object (base) WHERE base IS NOT NULL;
CREATE INDEX data_object_by_parent ON data_object (parent) WHERE parent IS NOT NULL;
CREATE INDEX data_object_by_predecessor ON data_object (predecessor) WHERE predecessor IS NOT NULL;
CREATE INDEX data_object_by_version ON data_object (version);
CREATE INDEX data_object_unpacked ON data_object (file) WHERE packed = 0;
CREATE TABLE data_stat (path TEXT PRIMARY KEY, entries BLOB NOT NULL);
`;

export const m0003: Migration = {
  up(database) {
    database.exec(TABLES);
  },
};
