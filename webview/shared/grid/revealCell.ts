import type { ColumnLayout } from "./columnLayout.js";
import type { GridCell, GridColumn } from "./types.js";
import { HEADER_HEIGHT, ROW_HEIGHT } from "./rowScroll.js";

/** Rows that fit on a page of a grid, less the one that is seen again after turning it. */
export function pageRows(grid: HTMLElement): number {
  return Math.max(1, Math.floor((grid.clientHeight - HEADER_HEIGHT) / ROW_HEIGHT) - 1);
}

/** Scrolls a grid sideways as far as is needed to see a cell. */
export function revealColumn(grid: HTMLElement, cell: GridCell, layout: ColumnLayout): void {
  const { pinned, pinnedWidth, starts, widths } = layout;
  if (cell.column < pinned) return;
  const left = starts[cell.column] ?? 0;
  const right = left + (widths[cell.column] ?? 0);
  if (left - pinnedWidth < grid.scrollLeft) grid.scrollLeft = left - pinnedWidth;
  else if (right > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = right - grid.clientWidth;
}

/** Where the keyboard starts: at the first row, in the column that names it. */
export function startCell(columns: readonly GridColumn<unknown>[]): GridCell {
  return {
    row: 0,
    column: Math.max(
      0,
      columns.findIndex((column) => column.tree === true),
    ),
  };
}
