import type { TemplateResult } from "lit";
import type { Selection } from "./selection.js";

export interface GridColumn<Row> {
  id: string;
  title: string;
  /** Shown small above the title. */
  group?: string;
  /** What the header's tooltip says more. */
  hint?: string;
  /** Stands for the title where there is no room for it. */
  icon?: string;
  /** A colour before the title. */
  swatch?: string;
  /** Pixels, as long as the user has not resized it. */
  width: number;
  align?: "right";
  /** Stays in place when the others scroll sideways. Pinned columns come first. */
  pinned?: boolean;
  /** Rows are indented here, with the arrow that opens and closes them. */
  tree?: boolean;
  /** The user may not move it, nor put another before it. */
  fixed?: boolean;
  /** For sorting: numbers before not-a-number before nothing. */
  value(row: Row): number | string | null;
  /** What is shown, and what the tooltip says. */
  text(row: Row): string;
  /** Undefined for a cell that shows its text and nothing else, which is drawn fastest. */
  render?: (row: Row) => TemplateResult | undefined;
  /** What Enter does in a cell of this column, in place of opening the row. */
  action?: (row: Row) => void;
}

export interface GridSort {
  column: string;
  descending: boolean;
}

export interface GridCell {
  /** -1 is the header. */
  row: number;
  column: number;
}

/** How rows lie below each other. */
export interface GridTree {
  /** 1 at the top. */
  level(row: unknown): number;
  /** Undefined for a row that has none below it. */
  open(row: unknown): boolean | undefined;
  /** Ids that are selected with a row: its own, or those of the rows that a group stands for. */
  members(row: unknown): readonly string[];
}

/** A column was dragged, or moved by keyboard, before another; to the end when that is null. */
export interface GridMove {
  column: string;
  before: string | null;
}

/** What the grid's events carry. */
export interface GridEvents {
  "grid-select": Selection;
  "grid-sort": GridSort | null;
  "grid-open": string;
  "grid-toggle": { id: string; open: boolean };
  "grid-menu": { id: string; x: number; y: number };
  "grid-head-menu": { column: string; x: number; y: number };
  "grid-move": GridMove;
  "grid-resize": { column: string; width: number };
}
