import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import { detectFormat } from "../detectFormat.js";
import { readEnds } from "../head.js";
import { countRows, openTable } from "../openTable.js";
import { duckDbFor, openTableView } from "./openTableView.js";

/** What a text must be called to count as a table: any text could be a CSV of one column. */
const TEXTS = [".csv", ".tsv", ".tab", ".jsonl", ".ndjson"];

/** Damaged, no table after all, or more than DuckDB's memory does for. */
const UNKNOWN = ["corrupt", "invalid", "full"];

export interface TableSize {
  rows: number;
  columns: number;
}

/**
 * Rows and columns of a file that is called `name`; undefined for what is no table, or a text that does not keep to its
 * own rules, whose rows nobody can vouch for. Throws `unavailable` where there is no DuckDB, `cancelled`.
 */
export async function sizeOfTable(
  file: string,
  name: string,
  signal?: AbortSignal,
): Promise<TableSize | undefined> {
  const ends = await readEnds(file, name);
  const isParquet = ends.head.subarray(0, 4).toString("latin1") === "PAR1";
  if (ends.size === 0 || !(isParquet || TEXTS.includes(path.extname(name).toLowerCase()))) return undefined;
  try {
    return await (detectFormat(ends) === "jsonl" ? sizeOfJson : sizeOfView)(file, name, signal);
  } catch (error) {
    if (error instanceof CairnError && UNKNOWN.includes(error.code)) return undefined;
    throw error;
  }
}

async function sizeOfView(file: string, name: string, signal?: AbortSignal): Promise<TableSize | undefined> {
  const view = await openTableView(file, signal, name);
  try {
    await view.counted(signal);
    const { rows, columns, notice } = view.info;
    return notice === undefined ? { rows, columns: columns.length } : undefined;
  } finally {
    await view.close();
  }
}

/** Any record may have a field that none before it has, so that all of them are read. */
async function sizeOfJson(file: string, name: string, signal?: AbortSignal): Promise<TableSize> {
  const db = await duckDbFor(file);
  try {
    const table = await openTable(db, file, { name, sampleRows: -1, ...(signal && { signal }) });
    return { rows: await countRows(db, table, signal), columns: table.columns.length };
  } finally {
    db.close();
  }
}
