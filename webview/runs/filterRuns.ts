import type { RunRow, RunTable } from "../../src/shared/protocol.js";
import { statusLabel } from "../shared/status.js";

/** Everything of a row that a search may hit, made once per row. */
const haystacks = new WeakMap<RunRow, string>();

function haystack(row: RunRow, table: RunTable): string {
  const found = haystacks.get(row);
  if (found !== undefined) return found;
  const parts = [
    row.name,
    row.runId,
    row.user,
    row.source,
    row.note ?? "",
    row.status,
    statusLabel(row.status),
  ];
  row.params.forEach((value, i) => {
    if (value !== null) parts.push(`${table.paramKeys[i] ?? ""}=${value}`);
  });
  row.metrics.forEach((value, i) => {
    if (value !== null) parts.push(`${table.metricKeys[i] ?? ""}=${value}`);
  });
  row.tags.forEach((value, i) => {
    if (value !== null) parts.push(`${table.tagKeys[i] ?? ""}=${value}`);
  });
  const text = parts.join("\n").toLowerCase();
  haystacks.set(row, text);
  return text;
}

/** Rows that hold every word of `text`: in name, id, user, source, note, status, `parameter=value`, `metric=value` or `tag=value`. */
export function filterRuns(table: RunTable, text: string): RunRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return table.rows;
  return table.rows.filter((row) => words.every((word) => haystack(row, table).includes(word)));
}

const DEFAULT_SELECTED = 10;

/** What to draw when the user has chosen nothing: what is running, else the newest. */
export function defaultSelection(rows: readonly RunRow[]): string[] {
  const running = rows.filter((row) => row.status === "RUNNING");
  const newest = [...(running.length > 0 ? running : rows)].sort((a, b) => b.startTime - a.startTime);
  return newest.slice(0, DEFAULT_SELECTED).map((row) => row.runId);
}
