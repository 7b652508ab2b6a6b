import { crc32 } from "node:zlib";
import { MAX_LINE } from "./limits.js";
import { allowedName, milliseconds } from "./names.js";
import type { Found, Progress, ReaderContext, ReaderState } from "./types.js";
import { corrupt } from "./wire.js";

const NEWLINE = 10;
const QUOTE = 34;

/** Which columns a table has and what they mean. */
export interface TableForm {
  separator: "," | "\t";
  /** The metric that a column is, or undefined for one that is no metric. */
  metricOf: (column: string) => string | undefined;
}

/** Lightning's CSVLogger: every column but `step` is a metric; an empty cell is none. */
export const lightningForm: TableForm = {
  separator: ",",
  metricOf: (column) => (column === "step" || column === "created_at" ? undefined : column),
};

/** DVCLive's `plots/metrics/NAME.tsv`: columns `step`, perhaps `timestamp`, and the last part of the metric's name. */
export function dvcliveForm(metric: string): TableForm {
  return {
    separator: "\t",
    metricOf: (column) => (column === "step" || column === "timestamp" ? undefined : metric),
  };
}

/**
 * Reads rows of a table that grows. Its first line names the columns; one of them must be `step`. What is no number is
 * no metric. `state.sum` is over the cells of the rows taken in, whatever the order of columns, so that
 * `continuesAfter` can tell whether a file that was written anew begins with them.
 */
export function readTable(
  chunk: Uint8Array,
  state: ReaderState,
  found: Found,
  context: ReaderContext,
  form: TableForm,
): Progress {
  let pos = 0;
  for (let end = lineEnd(chunk, 0); end !== -1; end = lineEnd(chunk, pos)) {
    const cells = splitLine(textOf(chunk, pos, end), form.separator);
    if (state.header === undefined) {
      state.header = cells;
      if (!cells.includes("step")) throw corrupt("The table has no column `step`.");
    } else {
      addRow(cells, state, found, context, form);
    }
    pos = end + 1;
  }
  if (chunk.length - pos > MAX_LINE) throw corrupt("A line of the table is too long.");
  return { consumed: pos, wanted: chunk.length - pos + 1, skip: 0 };
}

/**
 * Whether the first rows of a file that was written anew are the ones taken in: "yes" with the state to go on with and
 * where; "no"; or "short" when it does not have so many rows yet.
 */
export function continuesAfter(
  content: Uint8Array,
  before: ReaderState,
  form: TableForm,
): { answer: "yes"; state: ReaderState; offset: number } | { answer: "no" | "short" } {
  const state: ReaderState = {};
  let pos = 0;
  for (let end = lineEnd(content, 0); end !== -1; end = lineEnd(content, pos)) {
    const cells = splitLine(textOf(content, pos, end), form.separator);
    if (state.header === undefined) state.header = cells;
    else addSum(cells, state);
    pos = end + 1;
    if ((state.rows ?? 0) !== (before.rows ?? 0) || state.header === undefined) continue;
    return state.sum === before.sum ? { answer: "yes", state, offset: pos } : { answer: "no" };
  }
  return { answer: "short" };
}

/** Index of the newline that ends the line at `start`, those between quotes not counted; -1 where it is not there. */
function lineEnd(chunk: Uint8Array, start: number): number {
  for (let from = start; ;) {
    const end = chunk.indexOf(NEWLINE, from);
    if (end === -1) return -1;
    let quotes = 0;
    for (let at = chunk.indexOf(QUOTE, start); at !== -1 && at < end; at = chunk.indexOf(QUOTE, at + 1))
      quotes++;
    if (quotes % 2 === 0 || end - start > MAX_LINE) return end;
    from = end + 1;
  }
}

function textOf(chunk: Uint8Array, start: number, end: number): string {
  const text = new TextDecoder().decode(chunk.subarray(start, end));
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

/** Cells of a line as Python's csv module writes it. */
function splitLine(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let pos = 0;
  while (pos <= line.length) {
    let cell = "";
    if (line[pos] === '"') {
      pos++;
      for (;;) {
        const end = line.indexOf('"', pos);
        if (end === -1) {
          cell += line.slice(pos);
          pos = line.length;
          break;
        }
        cell += line.slice(pos, end);
        pos = end + 1;
        if (line[pos] !== '"') break;
        cell += '"';
        pos++;
      }
    }
    const end = line.indexOf(separator, pos);
    cells.push(cell + line.slice(pos, end === -1 ? line.length : end));
    if (end === -1) break;
    pos = end + 1;
  }
  return cells;
}

function addRow(
  cells: readonly string[],
  state: ReaderState,
  found: Found,
  context: ReaderContext,
  form: TableForm,
): void {
  const header = addSum(cells, state);
  const stepText = cells[header.indexOf("step")] ?? "";
  const step = Math.trunc(Number(stepText));
  if (stepText.trim() === "" || !Number.isSafeInteger(step)) return;
  const time = timeOf(header, cells);
  const timestamp = milliseconds(time / 1000, context.time);
  for (const [i, column] of header.entries()) {
    const text = cells[i] ?? "";
    const name = text === "" ? undefined : form.metricOf(column);
    const value = name === undefined ? undefined : parseNumber(text);
    if (name === undefined || value === undefined) continue;
    const key = allowedName(context.prefix + name);
    if (key !== "") found.metrics.push({ key, value, timestamp, step });
  }
}

/** Milliseconds since the epoch, as DVCLive writes them; NaN where there is no such column. */
function timeOf(header: readonly string[], cells: readonly string[]): number {
  const text = cells[header.indexOf("timestamp")];
  return text === undefined || text === "" ? Number.NaN : Number(text);
}

/** A number as Python prints it; undefined for any other text. */
function parseNumber(text: string): number | undefined {
  const plain = text.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return Number(plain);
  if (/^[-+]?nan$/i.test(plain)) return Number.NaN;
  if (/^\+?inf(inity)?$/i.test(plain)) return Infinity;
  return /^-inf(inity)?$/i.test(plain) ? -Infinity : undefined;
}

/** Counts a row and adds its cells to the sum; returns the header. */
function addSum(cells: readonly string[], state: ReaderState): readonly string[] {
  const header = state.header ?? [];
  let row = 0;
  for (const [i, cell] of cells.entries()) {
    if (cell !== "" && i < header.length) row = (row + crc32(`${header[i] ?? ""}=${cell}`)) >>> 0;
  }
  state.rows = (state.rows ?? 0) + 1;
  state.sum = crc32(String(row), state.sum ?? 0);
  return header;
}
