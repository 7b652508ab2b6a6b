import type { RunRow, RunTable } from "../../src/shared/protocol.js";
import type { RunsPanelState } from "../../src/shared/runs/api.js";
import { sortRows, type GridColumn } from "../shared/grid/index.js";
import { defaultSelection, filterRuns } from "./filterRuns.js";
import { runColumns } from "./runColumns.js";

/** Runs whose curves are drawn at once; more would neither be told apart nor drawn in time. */
export const MAX_DRAWN = 30;

export interface RunsModel {
  table: RunTable;
  colors: Record<string, string>;
  state: RunsPanelState;
}

export interface RunsView {
  columns: GridColumn<RunRow>[];
  rows: RunRow[];
  /** Drawn runs, newest first. */
  drawn: RunRow[];
}

/** The selection to start with: what was kept, as far as it still exists, else the default one. */
export function startSelection(table: RunTable, kept: readonly string[]): string[] {
  const ids = new Set(table.rows.map((row) => row.runId));
  const still = kept.filter((id) => ids.has(id));
  return still.length > 0 ? still : defaultSelection(table.rows);
}

let listed: { key: readonly unknown[]; rows: RunRow[] } | undefined;

/** Filtering and sorting 10,000 runs is done again only when what it depends on has changed. */
function listRuns(model: RunsModel, columns: GridColumn<RunRow>[], now: number): RunRow[] {
  const { table, state } = model;
  const { sort, textFilter } = state;
  const key = [table, textFilter, sort?.column, sort?.descending, sort?.column === "duration" ? now : 0];
  if (listed?.key.every((part, i) => part === key[i])) return listed.rows;
  const column = columns.find((candidate) => candidate.id === sort?.column);
  listed = { key, rows: sortRows(filterRuns(table, textFilter), column, sort) };
  return listed.rows;
}

export function viewRuns(model: RunsModel, selected: ReadonlySet<string>, now: number): RunsView {
  const { table, colors } = model;
  const drawn = table.rows
    .filter((row) => selected.has(row.runId))
    .sort((a, b) => b.startTime - a.startTime)
    .slice(0, MAX_DRAWN);
  const context = { colors, now, selected: new Set(drawn.map((row) => row.runId)) };
  const columns = runColumns(table, context);
  return { columns, rows: listRuns(model, columns, now), drawn };
}
