import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import type { TableColumn, TableFormat } from "../../shared/table.js";
import { tableColumn } from "./columns.js";
import { detectFormat } from "./detectFormat.js";
import { detectDialect, type Dialect, uniqueNames } from "./dialect.js";
import type { DuckDb, QueryOptions, QueryResult } from "./duckDb.js";
import { type FileEnds, readEnds } from "./head.js";
import { literal } from "./sql.js";
import { tableError } from "./tableErrors.js";

/** A file that DuckDB reads as a table. */
export interface Table {
  /** Absolute. */
  file: string;
  format: TableFormat;
  /** Bytes. */
  size: number;
  /** Another one when the file has been written or replaced. */
  stamp: string;
  columns: TableColumn[];
  /** Known without reading the whole file, for Parquet; else undefined: `countRows`. */
  rows: number | undefined;
  /** What a query selects from: `read_csv(…)` with everything that was found out. */
  relation: string;
  /** Of CSV and TSV. */
  dialect?: Dialect & { header: boolean };
}

export interface OpenTableOptions {
  signal?: AbortSignal;
  /** What the file is called, where its own name does not tell. */
  name?: string;
  /** Rows by which the types of a text's columns are told. */
  sampleRows?: number;
}

/** Rows that DuckDB itself looks at. */
const SAMPLE_ROWS = 20_480;
/** Bytes of one line of text. DuckDB keeps several as long in memory, so it is tried with its own limit first. */
const LONG_LINE = 128 * 1024 * 1024;

/**
 * Opens a CSV, TSV, JSONL or Parquet file below the allowed folders, by what it holds. Duplicate names of columns get
 * numbers. Throws a CairnError that names the file, and the line and column where DuckDB tells them.
 */
export async function openTable(db: DuckDb, file: string, options: OpenTableOptions = {}): Promise<Table> {
  const ends = await readEnds(file, options.name);
  const format = detectFormat(ends);
  const { size, stamp } = ends;
  const table = { file, format, size, stamp };
  try {
    if (format === "parquet") return { ...table, ...(await openParquet(db, file, options)) };
    if (size === 0) throw new CairnError("invalid", `${path.basename(file)} is empty.`);
    if (format === "jsonl") return { ...table, rows: undefined, ...(await openJson(db, file, options)) };
    return { ...table, rows: undefined, ...(await openDelimited(db, ends, format, options)) };
  } catch (error) {
    throw asTableError(file, error);
  }
}

/** Rows of a table, counted by reading it; a file that is damaged anywhere fails. */
export async function countRows(db: DuckDb, table: Table, signal?: AbortSignal): Promise<number> {
  if (table.rows !== undefined) return table.rows;
  const { rows } = await queryTable(db, table, "SELECT count(*) FROM this_table", {
    ...(signal && { signal }),
  });
  return Number(rows[0]?.[0]);
}

/**
 * A query in which `this_table` stands for the table. What is wrong with the file is said as `openTable` does.
 */
export async function queryTable(
  db: DuckDb,
  table: Table,
  sql: string,
  options: QueryOptions = {},
): Promise<QueryResult> {
  try {
    return await db.query(
      sql.replaceAll("this_table", () => table.relation),
      options,
    );
  } catch (error) {
    throw asTableError(table.file, error);
  }
}

function asTableError(file: string, error: unknown): CairnError {
  if (!(error instanceof CairnError)) return tableError(file, error);
  // What a file is refused or found empty for is said already; what DuckDB said is the cause.
  return error.code === "cancelled" || error.code === "refused" || error.cause === undefined
    ? error
    : tableError(file, error.cause);
}

async function openParquet(db: DuckDb, file: string, { signal }: OpenTableOptions) {
  const relation = `read_parquet(${literal(file)})`;
  const columns = await describe(db, relation, signal);
  const counted = await db.query(`SELECT sum(num_rows) FROM parquet_file_metadata(${literal(file)})`, {
    ...(signal && { signal }),
  });
  return { relation, columns, rows: Number(counted.rows[0]?.[0]) };
}

async function openJson(db: DuckDb, file: string, { signal, sampleRows = SAMPLE_ROWS }: OpenTableOptions) {
  return withLongLines(async (longLines) => {
    const long = longLines ? `, maximum_object_size = ${LONG_LINE}` : "";
    const options = `format = 'newline_delimited'${long}`;
    const sniffed = `read_json(${literal(file)}, ${options}, sample_size = ${sampleRows})`;
    const columns = await describe(db, sniffed, signal);
    const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`);
    return {
      // Records that are no objects have a column that cannot be named here.
      relation: columns.some(({ name }) => name === "json")
        ? sniffed
        : `read_json(${literal(file)}, ${options}, columns = {${types.join(", ")}})`,
      columns,
    };
  });
}

async function describe(db: DuckDb, relation: string, signal?: AbortSignal): Promise<TableColumn[]> {
  const { rows } = await db.query(`DESCRIBE SELECT * FROM ${relation}`, { ...(signal && { signal }) });
  return (rows as string[][]).map(([name = "", type = ""]) => tableColumn(name, type));
}

interface Sniffed {
  HasHeader: boolean;
  Columns: { name: string; type: string }[];
  DateFormat: string | null;
  TimestampFormat: string | null;
}

async function openDelimited(
  db: DuckDb,
  ends: FileEnds,
  format: "csv" | "tsv",
  { signal, sampleRows = SAMPLE_ROWS }: OpenTableOptions,
) {
  const dialect = detectDialect(ends, format);
  const file = literal(ends.file);
  const fixed = [
    `delim = ${literal(dialect.delimiter)}`,
    `quote = '"', escape = '"', allow_quoted_nulls = false, encoding = ${literal(dialect.encoding)}`,
    // It would skip whatever does not fit, otherwise.
    `skip = ${dialect.skip}, comment = ''`,
  ];
  return withLongLines(async (longLines) => {
    if (longLines)
      fixed.push(`max_line_size = ${LONG_LINE}, buffer_size = ${LONG_LINE + 1}, parallel = false`);
    const sniff = async (): Promise<Sniffed> => {
      const sql = `SELECT HasHeader, Columns, DateFormat, TimestampFormat FROM sniff_csv(${file}, ${fixed.join(", ")}, sample_size = ${sampleRows})`;
      const { columns, rows } = await db.query(sql, { ...(signal && { signal }) });
      const [row = []] = rows;
      return Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])) as unknown as Sniffed;
    };
    const relationOf = (found: Sniffed): string => {
      const columns = found.Columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`);
      const formats = [
        ...(found.DateFormat ? [`dateformat = ${literal(found.DateFormat)}`] : []),
        ...(found.TimestampFormat ? [`timestampformat = ${literal(found.TimestampFormat)}`] : []),
      ];
      const options = [
        ...fixed,
        ...formats,
        `auto_detect = false, header = ${found.HasHeader}`,
        `columns = {${columns.join(", ")}}`,
      ];
      return `read_csv(${file}, ${options.join(", ")})`;
    };
    let found: Sniffed;
    try {
      found = await sniff();
    } catch (error) {
      // It only says that it found no dialect. Reading with this one tells the line that does not fit.
      const plain = asTexts(dialect.first);
      const strict = relationOf(plain);
      await db.query(`SELECT count(COLUMNS(*)) FROM (FROM ${strict} LIMIT ${2 * sampleRows})`, {
        ...(signal && { signal }),
      });
      if (error instanceof Error && error.message.includes("sniffing file")) found = plain;
      else throw error;
    }
    return {
      relation: relationOf(found),
      columns: found.Columns.map(({ name, type }) => tableColumn(name, type)),
      dialect: { ...dialect, header: found.HasHeader },
    };
  });
}

/** Every column as text, the first record as their names. */
function asTexts(names: readonly string[]): Sniffed {
  const Columns = uniqueNames(names).map((name) => ({ name, type: "VARCHAR" }));
  return { HasHeader: true, Columns, DateFormat: null, TimestampFormat: null };
}

/** Once more with room for lines of a hundred megabytes, where that is what was missing. */
async function withLongLines<T>(work: (longLines: boolean) => Promise<T>): Promise<T> {
  try {
    return await work(false);
  } catch (error) {
    const cause = error instanceof CairnError ? error.cause : error;
    const message = cause instanceof Error ? cause.message : String(error);
    if (!/maximum.(line|object).size|parallel = false/i.test(message)) throw error;
    return work(true);
  }
}
