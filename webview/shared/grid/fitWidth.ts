import { clampWidth } from "./columnLayout.js";
import type { GridColumn } from "./types.js";

/** Cells that are measured: those of a long table are alike. */
const MEASURED = 500;
const PADDING = 20;

/** Pixels that a column needs for its title and its cells. */
export function fitWidth(column: GridColumn<unknown>, rows: readonly unknown[], font: string): number {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return column.width;
  context.font = font;
  let widest = context.measureText(`${column.title}  `).width;
  for (const row of rows.slice(0, MEASURED)) {
    widest = Math.max(widest, context.measureText(column.text(row).split("\n")[0] ?? "").width);
  }
  return clampWidth(widest + PADDING);
}
