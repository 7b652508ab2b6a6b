import type { RunRow, RunTable } from "../../shared/protocol.js";

/** A run with its own values by name, out of the table's aligned columns. */
export interface TreeRun {
  row: RunRow;
  metrics: Map<string, number | string>;
  params: Map<string, string>;
}

export function treeRuns(table: RunTable): TreeRun[] {
  return table.rows.map((row) => ({
    row,
    metrics: named(table.metricKeys, row.metrics),
    params: named(table.paramKeys, row.params),
  }));
}

function named<T>(keys: readonly string[], values: readonly (T | null)[]): Map<string, T> {
  const result = new Map<string, T>();
  keys.forEach((key, i) => {
    const value = values[i];
    if (value !== undefined && value !== null) result.set(key, value);
  });
  return result;
}
