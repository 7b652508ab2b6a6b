import path from "node:path";
import { CairnError, toError } from "../../../shared/errors.js";
import type { TableColumn } from "../../../shared/table.js";
import { tableColumn } from "../columns.js";
import { detectFormat } from "../detectFormat.js";
import { detectDialect, skipComments, uniqueNames } from "../dialect.js";
import { type DuckDb, openDuckDb } from "../duckDb.js";
import { type FileEnds, readEnds } from "../head.js";
import { countRows, openTable, type Table } from "../openTable.js";
import { parseJsonLine } from "./cells.js";
import { DuckDbView } from "./duckDbView.js";
import { RecordIndex } from "./recordIndex.js";
import { TextView } from "./textView.js";
import type { TableView } from "./types.js";

const MEMORY = 512 * 1024 * 1024;
/** Rows by which types are told: a look at a file should begin at once. */
const SAMPLE_ROWS = 2_000;
const THREADS = 2;

/**
 * Opens a table to be looked at, row by row, however large. A text that does not keep to its own rules is shown all the
 * same, with a notice; what is no table throws as `openTable` does. `name`: what the file is called, where its own does not
 * tell.
 */
export async function openTableView(file: string, signal?: AbortSignal, name?: string): Promise<TableView> {
  const ends = await readEnds(file, name);
  const format = detectFormat(ends);
  const dialect = format === "csv" || format === "tsv" ? detectDialect(ends, format) : undefined;
  if (format === "parquet" || dialect?.encoding === "utf-16") return openWithDuckDb(ends, signal);
  const { columns, header, notice } = await describeText(ends, signal);
  const encoding = isUtf8(ends) ? "utf-8" : "windows-1252";
  const notices = [
    notice,
    encoding === "utf-8" ? undefined : "This file is not UTF-8; shown as Windows-1252.",
  ];
  const index = await RecordIndex.open(file, ends.size, {
    ...(dialect && { delimiter: dialect.delimiter }),
    start: startOf(ends, dialect !== undefined),
  });
  return new TextView(
    {
      ...{ file, format, size: ends.size, stamp: ends.stamp, columns, header, encoding },
      delimiter: dialect?.delimiter,
      notice: notices.filter((each) => each !== undefined).join(" ") || undefined,
    },
    index,
  );

  /** Names, types and whether the first record holds the names: DuckDB's where it can read the file, else texts. */
  async function describeText(
    { size, head }: FileEnds,
    stop?: AbortSignal,
  ): Promise<{ columns: TableColumn[]; header: boolean; notice?: string }> {
    if (size === 0) return { columns: [], header: false };
    try {
      const { columns: found, dialect: read } = await describe(ends, stop);
      return { columns: found, header: read?.header ?? false };
    } catch (error) {
      if (error instanceof CairnError && error.code === "cancelled") throw error;
      const names = dialect ? dialect.first : namesOf(head);
      return {
        columns: uniqueNames(names).map((name) => tableColumn(name, "VARCHAR")),
        header: dialect !== undefined,
        notice: toError(error).message,
      };
    }
  }
}

async function openWithDuckDb({ file, name }: FileEnds, signal: AbortSignal | undefined): Promise<TableView> {
  const db = await duckDbFor(file);
  try {
    const table = await openTable(db, file, { name, ...(signal && { signal }) });
    return new DuckDbView(db, table, await countRows(db, table, signal));
  } catch (error) {
    db.close();
    throw error;
  }
}

async function describe({ file, name }: FileEnds, signal: AbortSignal | undefined): Promise<Table> {
  const db = await duckDbFor(file);
  try {
    return await openTable(db, file, { name, sampleRows: SAMPLE_ROWS, ...(signal && { signal }) });
  } finally {
    db.close();
  }
}

/** A DuckDB that may read the folder of a file, to look at that one. */
export function duckDbFor(file: string): Promise<DuckDb> {
  return openDuckDb({ memoryLimit: MEMORY, threads: THREADS, allowedDirectories: [path.dirname(file)] });
}

/** The byte after the mark of UTF-8 and, in CSV and TSV, after comments. */
function startOf({ head }: FileEnds, comments: boolean): number {
  const mark = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  return mark + (comments ? skipComments(head.subarray(mark).toString("latin1")).start : 0);
}

function isUtf8({ head }: FileEnds): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The fields of the first records of a JSONL. */
function namesOf(head: Buffer): string[] {
  const names = new Set<string>();
  for (const line of head.toString("utf8").split(/[\r\n]+/))
    for (const name of Object.keys(parseJsonLine(line) ?? {})) names.add(name);
  return names.size === 0 ? ["json"] : [...names];
}
