import { mkdir, realpath } from "node:fs/promises";
import type * as DuckDbApi from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { CairnError, toError } from "../../shared/errors.js";
import type { TableValue } from "../../shared/table.js";
import { literal } from "./sql.js";
import { cancelledError, queryError } from "./tableErrors.js";
import { toTableValue } from "./toTableValue.js";

export interface DuckDbOptions {
  /** Bytes that DuckDB may take; what needs more spills to `tempDirectory`, or fails where there is none. */
  memoryLimit: number;
  threads: number;
  tempDirectory?: string;
  /** Absolute folders whose files may be read: nothing else can, by no query. */
  allowedDirectories: readonly string[];
}

export interface QueryOptions {
  /** Values of `?` or `$1` in the text. */
  values?: DuckDBValue[];
  /** Interrupts the query. */
  signal?: AbortSignal;
}

export interface QueryResult {
  columns: { name: string; type: string }[];
  rows: TableValue[][];
}

/** Milliseconds between two tries to interrupt: one that comes before the query has begun is lost. */
const INTERRUPT_EVERY = 20;

/**
 * Opens an in-memory database that reads files below the allowed folders and nothing else: no extension is loaded or
 * fetched, and no query can change that. Throws a CairnError `unavailable` where there is no DuckDB for this platform.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDb> {
  const { DuckDBInstance } = await loadDuckDb();
  // DuckDB compares real paths; one that is a link itself would allow nothing.
  const allowed = await Promise.all(options.allowedDirectories.map((folder) => realpath(folder)));
  if (options.tempDirectory !== undefined) await mkdir(options.tempDirectory, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${Math.floor(options.memoryLimit)}B`,
    threads: String(options.threads),
    temp_directory: options.tempDirectory ?? "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    allow_persistent_secrets: "false",
  });
  const db = new DuckDb(instance);
  await db.execute("SET TimeZone = 'UTC'");
  await db.execute(`SET allowed_directories = [${allowed.map((folder) => literal(folder)).join(", ")}]`);
  await db.execute("SET enable_external_access = false");
  await db.execute("SET lock_configuration = true");
  return db;
}

/** Loaded when first needed: most workers never are asked for a table. */
async function loadDuckDb(): Promise<typeof DuckDbApi> {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    if (error instanceof CairnError) throw error;
    throw new CairnError("unavailable", `DuckDB cannot be loaded: ${toError(error).message}`, {
      cause: error,
    });
  }
}

/** A locked-down DuckDB. Queries may run beside each other. */
export class DuckDb {
  private readonly running = new Set<DuckDBConnection>();
  private closed = false;

  constructor(private readonly instance: DuckDBInstance) {}

  /**
   * The rows of one statement that only reads (SELECT, FROM, DESCRIBE …); refuses every other one, so that it may be
   * given what a user wrote. Throws `cancelled` when the signal aborts.
   */
  query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return this.using(options.signal, async (connection) => {
      // Before anything is bound: binding EXPORT DATABASE, for one, makes its folder.
      if (!READING.test(sql.replace(LEADING, ""))) throw onlyReading();
      const statements = await connection.extractStatements(sql);
      if (statements.count !== 1)
        throw new CairnError("invalid", `One statement is needed; there are ${statements.count}.`);
      const statement = await statements.prepare(0);
      try {
        if (Number(statement.statementType) !== SELECT) throw onlyReading();
        if (options.values) statement.bind(options.values);
        const result = await statement.runAndReadAll();
        const names = result.columnNames();
        return {
          columns: names.map((name, i) => ({ name, type: result.columnType(i).toString() })),
          rows: result.convertRows((value) => toTableValue(value)),
        };
      } finally {
        statement.destroySync();
      }
    });
  }

  /** Runs a statement of Cairn's own, never of a user's: CREATE VIEW, CREATE TABLE. */
  execute(sql: string, signal?: AbortSignal): Promise<void> {
    return this.using(signal, async (connection) => {
      await connection.run(sql);
    });
  }

  /** Interrupts what runs and frees everything. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const connection of this.running) connection.interrupt();
    if (this.running.size === 0) this.instance.closeSync();
  }

  private async using<T>(
    signal: AbortSignal | undefined,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    if (this.closed) throw new CairnError("unavailable", "This DuckDB is closed.");
    if (isAborted(signal)) throw cancelledError();
    const connection = await this.instance.connect();
    this.running.add(connection);
    if (isAborted(signal)) {
      this.release(connection);
      throw cancelledError();
    }
    let again: NodeJS.Timeout | undefined;
    const interrupt = () => {
      connection.interrupt();
      again ??= setInterval(interrupt, INTERRUPT_EVERY);
    };
    signal?.addEventListener("abort", interrupt, { once: true });
    try {
      return await work(connection);
    } catch (error) {
      throw isAborted(signal) ? cancelledError() : queryError(error);
    } finally {
      signal?.removeEventListener("abort", interrupt);
      clearInterval(again);
      this.release(connection);
    }
  }

  private release(connection: DuckDBConnection): void {
    this.running.delete(connection);
    connection.closeSync();
    if (this.closed && this.running.size === 0) this.instance.closeSync();
  }
}

/** StatementType.SELECT; the enumeration itself would load the native module. */
const SELECT = 1;
/** How a statement begins that is one. */
const READING = /^(select|from|with|values|describe|summarize|show)\b/i;
/** White space, comments and parentheses before it. */
const LEADING = /^(\s|\(|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/;

function onlyReading(): CairnError {
  return new CairnError("refused", "Only queries that read are allowed here.");
}

/** Asked anew each time: it changes while something is waited for. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
