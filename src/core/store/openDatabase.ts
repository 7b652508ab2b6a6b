import type { Database } from "better-sqlite3";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import { asStoreError } from "./errors.js";
import { fileSystemOf } from "./fileSystem.js";
import { knownVersion, migrate } from "./migrate.js";
import { openNative } from "./native.js";

export type Db = Database;

export interface OpenOptions {
  /** Opens what is there and writes nothing, not even beside it where that can be avoided. */
  readonly?: boolean;
  /** NORMAL survives the death of the process, FULL also a power cut. */
  synchronous?: "NORMAL" | "FULL";
  /** By default what the file system allows: DELETE on network file systems, else WAL. */
  journal?: "WAL" | "DELETE";
}

/** Milliseconds to wait for another connection (a backup, a look with a foreign tool). */
const BUSY_TIMEOUT = 5000;
/** Kibibytes of page cache: enough for the inner pages of tens of millions of points. */
const CACHE_KIB = 24 * 1024;
/** Pages (of 4 KiB) after which the WAL is moved into the database. */
const WAL_PAGES = 4000;
/** Bytes that the WAL may keep on disk once it was moved. */
const WAL_BYTES = 64 * 1024 * 1024;

/**
 * Opens Cairn's database, creates it where it is missing, and brings its schema up to date. Throws CairnError
 * `corrupt` for what is not a readable Cairn database, `tooNew` for one of a newer version, `refused`, `full`,
 * `busy`; in all these cases the file stays untouched.
 */
export function openDatabase(file: string, options: OpenOptions = {}): Db {
  let database: Db | undefined;
  try {
    if (options.readonly) return (database = openReadonly(file));
    mkdirSync(path.dirname(file), { recursive: true });
    database = openNative(file, { timeout: BUSY_TIMEOUT });
    assertUsable(database, file);
    // Only a new file takes it: space that a deletion frees can then be given back bit by bit.
    database.pragma("auto_vacuum = INCREMENTAL");
    configure(database, file, options);
    migrate(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw asStoreError(error, file);
  }
}

/** The file must be empty, or Cairn's and not newer; read before anything is written to it. */
function assertUsable(database: Db, file: string): void {
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all();
  if (tables.length === 0 || tables.includes("cairn")) {
    knownVersion(database, file);
    return;
  }
  throw new CairnError("corrupt", `The file ${file} is an SQLite database, but not one of Cairn.`, {
    hint: "Point cairn.dataDir to another folder, or set the file aside.",
  });
}

function configure(database: Db, file: string, { synchronous = "NORMAL", journal }: OpenOptions): void {
  const mode = journal ?? (fileSystemOf(path.dirname(file)).network ? "DELETE" : "WAL");
  database.pragma(`journal_mode = ${mode}`);
  // Without a WAL, NORMAL could lose the database itself in a power cut.
  database.pragma(`synchronous = ${mode === "DELETE" ? "FULL" : synchronous}`);
  database.pragma("foreign_keys = ON");
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma("temp_store = MEMORY");
  database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  database.pragma(`journal_size_limit = ${WAL_BYTES}`);
}

function openReadonly(file: string): Db {
  if (!existsSync(file)) {
    throw new CairnError("notFound", `There is no database at ${file}.`, {
      hint: "Run something first: the database is made by the first command that records.",
    });
  }
  let database = openNative(file, { readonly: true, timeout: BUSY_TIMEOUT });
  try {
    assertUsable(database, file);
  } catch (error) {
    database.close();
    // A folder that cannot be written refuses the WAL's index. With no WAL there is nothing that could change.
    if (error instanceof CairnError || existsSync(`${file}-wal`)) throw error;
    database = openNative(withoutWal(readFileSync(file)), { readonly: true });
    assertUsable(database, file);
  }
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma("temp_store = MEMORY");
  migrate(database, file, { readonly: true });
  return database;
}

/** The content of a database that is in WAL mode, as one that needs no WAL (SQLite file format: bytes 18 and 19). */
function withoutWal(content: Buffer): Buffer {
  if (content.length > 100) content.fill(1, 18, 20);
  return content;
}
