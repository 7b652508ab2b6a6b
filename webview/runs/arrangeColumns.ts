import type { RunRow } from "../../src/shared/protocol.js";
import type { TableLayout } from "../../src/shared/runs/api.js";
import type { RunColumn } from "./runColumns.js";

/** Ids of the columns that the user's choice, or the default, has in the table. */
export function shownIds(
  columns: readonly RunColumn[],
  layout: TableLayout,
  defaults: ReadonlySet<string>,
): Set<string> {
  const shown = new Set(layout.shown);
  const hidden = new Set(layout.hidden);
  const isIn = ({ id, optional, byDefault }: RunColumn): boolean =>
    optional !== true || shown.has(id) || (!hidden.has(id) && (byDefault === true || defaults.has(id)));
  return new Set(columns.filter(isIn).map(({ id }) => id));
}

/** Whether at least two of the runs differ in a column. */
export function differs(column: RunColumn, rows: readonly RunRow[]): boolean {
  const [first, ...rest] = rows;
  if (!first) return false;
  const value = column.value(first);
  return rest.some((row) => !Object.is(column.value(row), value));
}

/**
 * In the user's order. A column that has come since, or that was hidden then, stands behind the one that it follows by
 * default.
 */
export function inOrder<C extends { id: string }>(columns: readonly C[], order: readonly string[]): C[] {
  const byId = new Map(columns.map((column) => [column.id, column]));
  const known = new Set(order);
  const after = new Map<string, C[]>();
  let last = "";
  for (const column of columns) {
    if (known.has(column.id)) last = column.id;
    else {
      const followers = after.get(last);
      if (followers) followers.push(column);
      else after.set(last, [column]);
    }
  }
  const result = [...(after.get("") ?? [])];
  for (const id of order) {
    const column = byId.get(id);
    if (column) result.push(column);
    if (column) result.push(...(after.get(id) ?? []));
  }
  return result;
}

/** The table's columns as the user has arranged them: chosen, ordered, pinned ones first, with their widths. */
export function arrangeColumns(
  columns: readonly RunColumn[],
  layout: TableLayout,
  defaults: ReadonlySet<string>,
  listed: readonly RunRow[],
): RunColumn[] {
  const ids = shownIds(columns, layout, defaults);
  const shown = columns.filter(
    (column) =>
      ids.has(column.id) &&
      (!layout.differing || column.kind === "attribute" || listed.length < 2 || differs(column, listed)),
  );
  const pinned = new Set(layout.pinned);
  const placed = inOrder(shown, layout.order).map((column) => ({
    ...column,
    width: layout.widths[column.id] ?? column.width,
    pinned: column.fixed === true || pinned.has(column.id),
  }));
  const rank = (column: RunColumn): number => (column.fixed ? 0 : column.pinned ? 1 : 2);
  return placed.sort((a, b) => rank(a) - rank(b));
}
