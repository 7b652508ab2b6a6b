import { html, nothing } from "lit";
import { plural } from "../shared/format.js";
import type { GridColumn } from "../shared/grid/types.js";
import { groupCell } from "./aggregate.js";
import type { RunColumn } from "./runColumns.js";
import type { GroupNode, TableRow } from "./treeRows.js";

const HINT =
  "In groups: mean ± sample standard deviation over their runs; minimum and maximum when pointed at";

const MEAN_WIDTH = 128;
const TREE_WIDTH = 260;

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
  const { render, action, icon } = column;
  return {
    ...{ id, title },
    // Room for a mean and its spread, and for names that are indented.
    width: grouped ? Math.max(width, column.kind === "metric" ? MEAN_WIDTH : tree ? TREE_WIDTH : 0) : width,
    ...(group === undefined ? {} : { group }),
    ...(icon === undefined ? {} : { icon }),
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
      if (row.kind === "run") return render?.(row.row);
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
