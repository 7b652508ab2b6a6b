import { DEFAULT_CHARTS } from "../../src/shared/charts.js";
import type { RunRow } from "../../src/shared/protocol.js";
import type { RunsPanelData, RunsPanelState } from "../../src/shared/runs/api.js";
import type { GridColumn, GridTree } from "../shared/grid/index.js";
import { arrangeColumns } from "./arrangeColumns.js";
import { defaultColumns } from "./defaultColumns.js";
import { drawnRuns } from "./drawnRuns.js";
import { defaultSelection, filterRuns } from "./filterRuns.js";
import { isQuery } from "./filterQuery.js";
import { runColumns, type ColumnContext, type RunColumn } from "./runColumns.js";
import { tableColumns } from "./tableColumns.js";
import { treeOf, treeRows, type TableRow } from "./treeRows.js";

export interface RunsModel extends RunsPanelData {
  state: RunsPanelState;
}

export interface RunsView {
  /** All that there are, and those in the table. */
  all: readonly RunColumn[];
  shown: readonly RunColumn[];
  defaults: ReadonlySet<string>;
  columns: readonly GridColumn<TableRow>[];
  rows: readonly TableRow[];
  tree: GridTree | undefined;
  /** Runs that the filter lets through. */
  listed: readonly RunRow[];
  /** Drawn runs, in the order of the legend. */
  drawn: RunRow[];
}

/** The selection to start with: what was kept, as far as it still exists, else the default one. */
export function startSelection(table: RunsModel["table"], kept: readonly string[]): string[] {
  const ids = new Set(table.rows.map((row) => row.runId));
  const still = kept.filter((id) => ids.has(id));
  return still.length > 0 ? still : defaultSelection(table.rows);
}

/** Works something out again only when what it depends on has changed. */
function remember<T>(): (key: readonly unknown[], make: () => T) => T {
  let last: { key: readonly unknown[]; value: T } | undefined;
  return (key, make) => {
    if (last?.key.length !== key.length || !last.key.every((part, i) => Object.is(part, key[i]))) {
      last = { key, value: make() };
    }
    return last.value;
  };
}

/** What the table shows of the model. Filtering, sorting and grouping 10,000 runs is done only when it must be. */
export class RunsTable {
  private readonly context: ColumnContext;
  private readonly columnsOf = remember<RunColumn[]>();
  private readonly defaultsOf = remember<Set<string>>();
  private readonly listedOf = remember<readonly RunRow[]>();
  private readonly shownOf = remember<RunColumn[]>();
  private readonly gridColumnsOf = remember<GridColumn<TableRow>[]>();
  private readonly rowsOf = remember<{ rows: TableRow[]; tree: GridTree | undefined }>();

  constructor(star: (row: RunRow) => void) {
    this.context = { colors: {}, experiments: {}, now: 0, drawn: new Set(), star };
  }

  /** `found`: ids of the runs that match a filter in MLflow's grammar; undefined while they are looked for. */
  view(
    model: RunsModel,
    selected: ReadonlySet<string>,
    now: number,
    found: ReadonlySet<string> | undefined,
  ): RunsView {
    const { table, state } = model;
    const { layout, sort, textFilter } = state;
    Object.assign(this.context, { colors: model.colors, experiments: model.experiments, now });
    const keys = [table.metricKeys, table.paramKeys, table.tagKeys].map((names) => names.join("\n"));
    const all = this.columnsOf(keys, () => runColumns(table, this.context));
    const defaults = this.defaultsOf([all], () => defaultColumns(all, table.rows));
    const listed = this.listedOf([table, textFilter, found], () =>
      isQuery(textFilter)
        ? table.rows.filter((row) => found?.has(row.runId) ?? true)
        : filterRuns(table, textFilter),
    );
    const differing = layout.differing ? listed : undefined;
    const shown = this.shownOf(
      [all, defaults, differing, layout.order, layout.shown, layout.hidden, layout.pinned, layout.widths],
      () => arrangeColumns(all, layout, defaults, listed),
    );
    const groupBy = layout.groupBy.flatMap((id) => all.find((column) => column.id === id) ?? []);
    const columns = this.gridColumnsOf([shown, groupBy.length], () =>
      tableColumns(shown, groupBy.length > 0),
    );
    const sortColumn = all.find((column) => column.id === sort?.column);
    const ticks = sort?.column === "duration" || layout.groupBy.includes("duration") ? now : 0;
    const { rows, tree } = this.rowsOf([listed, all, sort, layout.groupBy, layout.toggled, ticks], () => {
      const toggled = new Set(layout.toggled);
      const made = treeRows(listed, { groupBy, sort, sortColumn, toggled });
      return { rows: made, tree: treeOf(made) };
    });
    const drawn = drawnRuns(
      table.rows.filter((row) => selected.has(row.runId)),
      rows,
      state.charts ?? DEFAULT_CHARTS,
    );
    this.context.drawn = new Set(drawn.map((row) => row.runId));
    return { all, shown, defaults, columns, rows, tree, listed, drawn };
  }
}
