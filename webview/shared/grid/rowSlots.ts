import type { RowItem } from "./rowScroll.js";

/**
 * Rows to draw, each always in the same place of the list: a scroll by a few rows changes only as many, and a jump
 * fills the elements anew instead of making others. Their order is in aria-rowindex.
 */
export class RowSlots {
  private size = 0;

  place(rows: readonly RowItem[]): (RowItem | undefined)[] {
    this.size = Math.max(this.size, rows.length);
    const slots = Array.from<RowItem | undefined>({ length: this.size });
    for (const item of rows) slots[item.index % this.size] = item;
    return slots;
  }
}
