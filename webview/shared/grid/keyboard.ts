import type { GridCell } from "./types.js";

export interface GridShape {
  rows: number;
  columns: number;
  /** Rows that fit on a page. */
  page: number;
}

/** Where a key takes the active cell, or undefined when the key does not move it. Row -1 is the header. */
export function moveCell(cell: GridCell, key: string, ctrl: boolean, shape: GridShape): GridCell | undefined {
  const lastRow = shape.rows - 1;
  const lastColumn = shape.columns - 1;
  const row = (value: number): GridCell => ({ ...cell, row: Math.max(-1, Math.min(lastRow, value)) });
  const column = (value: number): GridCell => ({ ...cell, column: Math.max(0, Math.min(lastColumn, value)) });
  switch (key) {
    case "ArrowUp":
      return row(cell.row - 1);
    case "ArrowDown":
      return row(cell.row + 1);
    case "ArrowLeft":
      return column(cell.column - 1);
    case "ArrowRight":
      return column(cell.column + 1);
    case "PageUp":
      return row(Math.max(Math.min(0, lastRow), cell.row - shape.page));
    case "PageDown":
      return row(cell.row + shape.page);
    case "Home":
      return ctrl ? { row: Math.min(0, lastRow), column: 0 } : column(0);
    case "End":
      return ctrl ? { row: lastRow, column: lastColumn } : column(lastColumn);
    default:
      return undefined;
  }
}
