import type { GridColumn } from "./types.js";

export const MIN_COLUMN_WIDTH = 36;
const MAX_COLUMN_WIDTH = 800;

export interface ColumnLayout {
  widths: number[];
  /** Left edge of each column, in pixels from the start of the row. */
  starts: number[];
  total: number;
  pinned: number;
  pinnedWidth: number;
}

/** `narrow` unpins all but the first column, so that there is room left to scroll. */
export function layoutColumns(
  columns: readonly Pick<GridColumn<unknown>, "id" | "width" | "pinned">[],
  resized: ReadonlyMap<string, number>,
  narrow: boolean,
): ColumnLayout {
  const widths = columns.map((column) => resized.get(column.id) ?? column.width);
  const starts: number[] = [];
  let total = 0;
  for (const width of widths) {
    starts.push(total);
    total += width;
  }
  const wanted = columns.filter((column) => column.pinned).length;
  const pinned = narrow ? Math.min(1, wanted) : wanted;
  return { widths, starts, total, pinned, pinnedWidth: starts[pinned] ?? total };
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(MAX_COLUMN_WIDTH, Math.max(MIN_COLUMN_WIDTH, width)));
}
