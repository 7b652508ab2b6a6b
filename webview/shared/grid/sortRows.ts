import type { GridColumn, GridSort } from "./types.js";

type Value = number | string | null;

/** 0 for what can be compared, 1 for not-a-number, 2 for nothing: these stay last in both directions. */
function rank(value: Value): number {
  if (value === null) return 2;
  return typeof value === "number" && Number.isNaN(value) ? 1 : 0;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  return collator.compare(String(a), String(b));
}

/** A sorted copy; equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  column: GridColumn<Row> | undefined,
  sort: GridSort | null,
): Row[] {
  if (!column || !sort) return [...rows];
  const sign = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      const byRank = rank(a.value) - rank(b.value);
      if (byRank !== 0) return byRank;
      return rank(a.value) === 0 ? sign * compare(a.value, b.value) : 0;
    })
    .map((entry) => entry.row);
}

/** What a press on a column's header asks for: ascending, then descending, then the order that rows come in. */
export function nextSort(sort: GridSort | null, column: string): GridSort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}
