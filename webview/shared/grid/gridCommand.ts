import { moveCell } from "./keyboard.js";
import type { SelectionMode } from "./selection.js";
import type { GridCell, GridColumn } from "./types.js";

const RESIZE_STEP = 16;

/** What keys can do to a grid. Indexes are those of rows and columns as shown; row -1 is the header. */
export interface GridActions {
  active(): GridCell;
  columns(): readonly GridColumn<unknown>[];
  rows(): number;
  /** Rows that fit on a page. */
  page(): number;
  isOpen(row: number): boolean | undefined;
  /** Whether a row stands for others instead of being one that can be opened in a panel of its own. */
  isGroup(row: number): boolean;
  activate(cell: GridCell): void;
  toggle(row: number, open: boolean): void;
  open(row: number): void;
  selectRow(row: number, mode: SelectionMode): void;
  /** Selects from the anchor, or from row `from` where there is none, to row `to`. */
  extend(from: number, to: number): void;
  selectAll(): void;
  headClick(column: number): void;
  resizeBy(column: number, pixels: number): void;
  moveColumn(column: number, by: number): void;
  act(row: number, column: number): boolean;
  menuAt(cell: GridCell): void;
}

const isSideways = (key: string): boolean => key === "ArrowLeft" || key === "ArrowRight";

/** Does what a key says; false when it says nothing to a grid. */
export function gridCommand(event: KeyboardEvent, grid: GridActions): boolean {
  const { key, shiftKey, altKey } = event;
  const ctrl = event.ctrlKey || event.metaKey;
  const { row, column } = grid.active();
  if (altKey && isSideways(key) && row === -1) {
    const sign = key === "ArrowLeft" ? -1 : 1;
    if (shiftKey) grid.moveColumn(column, sign);
    else grid.resizeBy(column, sign * RESIZE_STEP);
    return true;
  }
  if (ctrl && !shiftKey && key.toLowerCase() === "a") {
    grid.selectAll();
    return true;
  }
  if (key === "Enter" || key === " ") {
    press(key, shiftKey, grid);
    return true;
  }
  if (key === "ContextMenu" || (shiftKey && key === "F10")) {
    grid.menuAt({ row, column });
    return true;
  }
  if (altKey) return false;
  return (!shiftKey && !ctrl && unfold(key, grid)) || move(event, ctrl, grid);
}

function press(key: string, shiftKey: boolean, grid: GridActions): void {
  const { row, column } = grid.active();
  if (row === -1) grid.headClick(column);
  else if (key === " ") grid.selectRow(row, shiftKey ? "range" : "toggle");
  else if (grid.act(row, column)) return;
  else if (grid.isGroup(row)) grid.toggle(row, grid.isOpen(row) !== true);
  else grid.open(row);
}

/** In the column with the arrows, right opens a row and left closes it before either moves on. */
function unfold(key: string, grid: GridActions): boolean {
  const { row, column } = grid.active();
  const open = row < 0 ? undefined : grid.isOpen(row);
  if (open === undefined || !isSideways(key) || grid.columns()[column]?.tree !== true) return false;
  if (open === (key === "ArrowRight")) return false;
  grid.toggle(row, !open);
  return true;
}

function move({ key, shiftKey }: KeyboardEvent, ctrl: boolean, grid: GridActions): boolean {
  const active = grid.active();
  const shape = { rows: grid.rows(), columns: grid.columns().length, page: grid.page() };
  const next = moveCell(active, key, ctrl, shape);
  if (!next) return false;
  grid.activate(next);
  if (shiftKey && next.row >= 0 && next.row !== active.row) grid.extend(active.row, next.row);
  return true;
}
