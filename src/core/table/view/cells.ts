import type { TableCell } from "../../../shared/table.js";

/** Letters of a cell that are shown. */
export const CELL_LETTERS = 1000;

/** A text as it is shown in a cell. */
export function cutText(text: string): string {
  return text.length > CELL_LETTERS ? `${text.slice(0, CELL_LETTERS)}…` : text;
}

/** What ES2025's JSON.parse tells a reviver. */
type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const json = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): value is { rawJSON: string };
};

/**
 * The record of one line of JSONL by the names of its fields; undefined for what is no object or malformed. Numbers keep
 * the digits that they have in the file.
 */
export function parseJsonLine(line: string): Record<string, unknown> | undefined {
  try {
    const record = json.parse(line, (_key, value, { source = "" }) =>
      typeof value === "number" && String(value) !== source ? json.rawJSON(source) : value,
    );
    const isObject = typeof record === "object" && record !== null && !Array.isArray(record);
    return isObject ? (record as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A field of such a record as a cell. */
export function jsonCell(value: unknown): TableCell {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return cutText(value);
  return cutText(json.isRawJSON(value) ? value.rawJSON : JSON.stringify(value));
}
