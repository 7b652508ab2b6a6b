import { html, nothing } from "lit";
import { plural } from "../shared/format.js";
import type { GridColumn } from "../shared/grid/index.js";
import { groupCell } from "./aggregate.js";
import type { RunColumn } from "./runColumns.js";
import type { GroupNode, TableRow } from "./treeRows.js";

const HINT =
  "In groups: mean ± sample standard deviation over their runs; minimum and maximum when pointed at";

const GROUPED_WIDTH = 128;

function groupTitle({ column, value, runs }: GroupNode): string {
  return `${column.name}: ${value === "" ? "(none)" : value}, ${plural(runs.length, "run")}`;
}

function groupName(group: GroupNode) {
  const { column, value, runs } = group;
  return html`<span class="clip"
      ><span class="muted">${column.title}</span> ${value === "" ? html`<i>none</i>` : value}</span
    ><span class="badge">${runs.length}</span>`;
}

/** Columns of runs as columns of a table that has groups of runs too. */
export function tableColumns(columns: readonly RunColumn[], grouped: boolean): GridColumn<TableRow>[] {
  return columns.map((column) => tableColumn(column, grouped));
}

function tableColumn(column: RunColumn, grouped: boolean): GridColumn<TableRow> {
  const { id, title, group, width, align, pinned, tree, fixed } = column;
  const { render, action } = column;
  return {
    ...{ id, title },
    // Room for a mean and its spread, unless the user has made room already.
    width: grouped && column.kind === "metric" ? Math.max(width, GROUPED_WIDTH) : width,
    ...(group === undefined ? {} : { group }),
    ...(align === undefined ? {} : { align }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(tree === undefined ? {} : { tree }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(grouped && column.numeric ? { hint: HINT } : {}),
    value: (row) => (row.kind === "run" ? column.value(row.row) : null),
    text: (row) => {
      if (row.kind === "run") return column.text(row.row);
      return tree || fixed ? groupTitle(row) : id === "star" ? "" : groupCell(column, row.runs).long;
    },
    render: (row) => {
      if (row.kind === "run") return render ? render(row.row) : html`${column.text(row.row)}`;
      if (tree) return groupName(row);
      if (id === "star" || id === "start" || row.runs.length === 0) return html`${nothing}`;
      return html`<span class="muted clip">${groupCell(column, row.runs).short}</span>`;
    },
    ...(action === undefined
      ? {}
      : {
          action: (row: TableRow) => {
            if (row.kind === "run") action(row.row);
          },
        }),
  };
}
