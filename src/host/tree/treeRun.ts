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
  values.forEach((value, i) => {
    const key = keys[i];
    if (value !== null && key !== undefined) result.set(key, value);
  });
  return result;
}
