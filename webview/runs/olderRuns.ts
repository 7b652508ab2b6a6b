import type { RunRow, RunTable } from "../../src/shared/protocol.js";
import type { OlderRuns, RunsPanelData } from "../../src/shared/runs/api.js";

/** `data` with runs that a search has found beside it; columns that only those have come behind the others. */
export function withOlder(data: RunsPanelData, older: OlderRuns | undefined): RunsPanelData {
  if (!older) return data;
  const here = new Set(data.table.rows.map((row) => row.runId));
  const more = older.table.rows.filter((row) => !here.has(row.runId));
  if (more.length === 0) return data;
  const [metricKeys, metrics] = joined(data.table.metricKeys, older.table.metricKeys);
  const [paramKeys, params] = joined(data.table.paramKeys, older.table.paramKeys);
  const [tagKeys, tags] = joined(data.table.tagKeys, older.table.tagKeys);
  const rows = more.map((row): RunRow => ({
    ...row,
    metrics: moved(row.metrics, metrics),
    params: moved(row.params, params),
    tags: moved(row.tags, tags),
  }));
  const table: RunTable = {
    ...{ metricKeys, paramKeys, tagKeys, rows: [...data.table.rows, ...rows] },
    truncated: data.table.truncated,
  };
  return { ...data, table, colors: { ...older.colors, ...data.colors } };
}

/** All names, and the places in them of those of `others`. */
function joined(names: readonly string[], others: readonly string[]): [string[], number[]] {
  const places = new Map(names.map((name, place) => [name, place]));
  for (const name of others) if (!places.has(name)) places.set(name, places.size);
  return [[...places.keys()], others.map((name) => places.get(name) ?? 0)];
}

function moved<T>(cells: readonly (T | null)[], places: readonly number[]): (T | null)[] {
  const row: (T | null)[] = [];
  cells.forEach((cell, i) => {
    const place = places[i] ?? 0;
    while (row.length <= place) row.push(null);
    row[place] = cell;
  });
  return row;
}
