import { html } from "lit";
import type { TableCell, TableColumn } from "../../../src/shared/table.js";
import { formatCount } from "../format.js";
import type { GridColumn } from "../grid/index.js";

const LETTER = 7.5;
const PADDING = 20;
const MAX_WIDTH = 320;
const MIN_WIDTH = 72;
/** Rows by which a column's width is chosen. */
const LOOKED_AT = 60;

/** The cell of a row and a column; undefined while it is not there. */
export type CellOf = (row: number, column: number) => TableCell | undefined;

/** The columns of a grid whose rows are numbers. `rows`: how many there are. */
export function tableColumns(
  columns: readonly TableColumn[],
  rows: number,
  cell: CellOf,
): GridColumn<unknown>[] {
  return [numberColumn(rows), ...columns.map((column, i) => columnOf(column, i, rows, cell))];
}

function numberColumn(rows: number): GridColumn<unknown> {
  return {
    id: "#",
    title: "#",
    width: Math.max(48, Math.round(formatCount(rows).length * LETTER) + PADDING),
    align: "right",
    pinned: true,
    fixed: true,
    value: (row) => Number(row) + 1,
    text: (row) => formatCount(Number(row) + 1),
    render: (row) => html`<span class="table-number">${formatCount(Number(row) + 1)}</span>`,
  };
}

function columnOf(column: TableColumn, index: number, rows: number, cell: CellOf): GridColumn<unknown> {
  const { name, type, kind } = column;
  return {
    id: String(index),
    title: name,
    group: type,
    fixed: true,
    width: widthOf(column, index, rows, cell),
    ...(kind === "number" ? { align: "right" as const } : {}),
    value: (row) => sortable(cell(Number(row), index)),
    text: (row) => textOf(cell(Number(row), index)),
    render: (row) => {
      const value = cell(Number(row), index);
      if (value === undefined) return html`<span class="table-waits" aria-label="Loading"></span>`;
      return value === null ? html`<span class="table-null">null</span>` : undefined;
    },
  };
}

function widthOf({ name, type }: TableColumn, index: number, rows: number, cell: CellOf): number {
  let letters = Math.max(name.length + 1, Math.min(16, type.length * 0.8));
  for (let row = 0; row < Math.min(rows, LOOKED_AT); row++)
    letters = Math.max(letters, textOf(cell(row, index)).length);
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.round(letters * LETTER) + PADDING));
}

function textOf(value: TableCell | undefined): string {
  if (value === undefined) return "";
  return value === null ? "null" : String(value);
}

function sortable(value: TableCell | undefined): number | string | null {
  return typeof value === "number" ? value : value === null || value === undefined ? null : String(value);
}
