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

export function viewRuns(model: RunsModel, selected: ReadonlySet<string>, now: number): RunsView {
  const { table, state, colors } = model;
  const drawn = table.rows
    .filter((row) => selected.has(row.runId))
    .sort((a, b) => b.startTime - a.startTime)
    .slice(0, MAX_DRAWN);
  const context = { colors, now, selected: new Set(drawn.map((row) => row.runId)) };
  const columns = runColumns(table, context);
  const column = columns.find((candidate) => candidate.id === state.sort?.column);
  return { columns, rows: sortRows(filterRuns(table, state.textFilter), column, state.sort), drawn };
}
