import type {
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBUnionValue,
  DuckDBValue,
} from "@duckdb/node-api";
import type { TableValue } from "../../shared/table.js";

/**
 * A value of DuckDB as it may cross a process border: dates and times as DuckDB writes them (in UTC where they have a
 * zone), maps as lists of pairs, blobs with `\xAB` for bytes that are no letters.
 */
export function toTableValue(value: DuckDBValue): TableValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint")
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return fromObject(value);
}

/** The classes are not imported as values: that would load the native module. */
function fromObject(value: object): TableValue {
  if ("items" in value) return (value as DuckDBListValue).items.map(toTableValue);
  if ("tag" in value) return toTableValue((value as DuckDBUnionValue).value);
  if ("entries" in value) {
    const { entries } = value as DuckDBStructValue | DuckDBMapValue;
    if (Array.isArray(entries))
      return entries.map(({ key, value: held }) => [toTableValue(key), toTableValue(held)]);
    return Object.fromEntries(Object.entries(entries).map(([name, held]) => [name, toTableValue(held)]));
  }
  // Dates, times, intervals, decimals, blobs, bits and UUIDs all write themselves.
  // eslint-disable-next-line @typescript-eslint/no-base-to-string
  return String(value);
}
