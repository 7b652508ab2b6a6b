import type { RunRow } from "../../src/shared/protocol.js";
import { formatTime } from "../shared/format.js";
import type { RunColumn } from "./runColumns.js";

/** The columns that a copy of the table has: not the marks, and not the star. */
export function exported(columns: readonly RunColumn[]): RunColumn[] {
  return columns.filter(({ id, fixed }) => fixed !== true && id !== "star");
}

/** A cell in full: numbers as they are, not as they are rounded for the eye. */
function cellText(column: RunColumn, row: RunRow): string {
  if (column.id === "name") return row.name;
  if (column.id === "start") return formatTime(row.startTime);
  if (column.id === "duration") return String(Math.round(Number(column.value(row))) / 1000);
  if (column.kind !== "metric") return column.text(row);
  const value = column.value(row);
  return value === null ? "" : String(value);
}

function header(column: RunColumn): string {
  return column.id === "duration" ? "Duration (s)" : column.name;
}

/** Quoted after RFC 4180. What a spreadsheet would take for a formula is made text by an apostrophe. */
function csvCell(text: string, isText: boolean): string {
  const safe = isText && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as CSV with a header, lines ended by CR LF. */
export function toCsv(rows: readonly RunRow[], columns: readonly RunColumn[]): string {
  const shown = exported(columns);
  const lines = [
    shown.map((column) => csvCell(header(column), true)),
    ...rows.map((row) => shown.map((column) => csvCell(cellText(column, row), !column.numeric))),
  ];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

function markdownCell(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replace(/\r?\n/g, " ");
}

/** Rows as a Markdown table, values as the table shows them. */
export function toMarkdown(rows: readonly RunRow[], columns: readonly RunColumn[]): string {
  const shown = exported(columns);
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(" | ")} |`;
  const text = (column: RunColumn, row: RunRow): string =>
    column.id === "name" ? row.name : column.text(row);
  return [
    line(shown.map(({ name }) => name)),
    `| ${shown.map(({ align }) => (align === "right" ? "--:" : ":--")).join(" | ")} |`,
    ...rows.map((row) => line(shown.map((column) => text(column, row)))),
  ].join("\n");
}
