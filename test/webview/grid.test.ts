import { describe, expect, it } from "vitest";
import { layoutColumns } from "../../webview/shared/grid/columnLayout.ts";
import { moveCell } from "../../webview/shared/grid/keyboard.ts";
import { select, toggleAll } from "../../webview/shared/grid/selection.ts";
import { sortRows } from "../../webview/shared/grid/sortRows.ts";
import type { GridColumn } from "../../webview/shared/grid/types.ts";

const column = (id: string, width: number, pinned = false): GridColumn<number | null> => ({
  id,
  title: id,
  width,
  pinned,
  value: (row) => row,
  text: String,
});

describe("sortRows", () => {
  it("keeps not-a-number and nothing last in both directions", () => {
    const rows = [2, null, Number.NaN, Infinity, -1];
    const by = column("a", 50);
    expect(sortRows(rows, by, { column: "a", descending: false })).toEqual([
      -1,
      2,
      Infinity,
      Number.NaN,
      null,
    ]);
    expect(sortRows(rows, by, { column: "a", descending: true })).toEqual([
      Infinity,
      2,
      -1,
      Number.NaN,
      null,
    ]);
  });

  it("leaves the given rows alone and their order when nothing is sorted", () => {
    const rows = [3, 1, 2];
    expect(sortRows(rows, column("a", 50), null)).toEqual([3, 1, 2]);
    sortRows(rows, column("a", 50), { column: "a", descending: false });
    expect(rows).toEqual([3, 1, 2]);
  });
});

describe("selection", () => {
  const order = ["a", "b", "c", "d", "e"];

  it("selects the range between anchor and row in either direction", () => {
    const start = select({ ids: new Set(), anchor: undefined }, order, "d", "only");
    expect([...select(start, order, "b", "range").ids]).toEqual(["b", "c", "d"]);
    expect([...select(start, order, "e", "range").ids]).toEqual(["d", "e"]);
  });

  it("toggles one row and keeps those that are filtered out", () => {
    const before = { ids: new Set(["hidden", "a"]), anchor: undefined };
    expect([...select(before, order, "a", "toggle").ids]).toEqual(["hidden"]);
    expect([...toggleAll(before, order).ids].sort()).toEqual(["a", "b", "c", "d", "e", "hidden"]);
    expect([...toggleAll({ ids: new Set(order), anchor: undefined }, order).ids]).toEqual([]);
  });
});

describe("moveCell", () => {
  const shape = { rows: 100, columns: 8, page: 20 };

  it("stays inside the table and reaches the header", () => {
    expect(moveCell({ row: 0, column: 3 }, "ArrowUp", false, shape)).toEqual({ row: -1, column: 3 });
    expect(moveCell({ row: 99, column: 3 }, "PageDown", false, shape)).toEqual({ row: 99, column: 3 });
    expect(moveCell({ row: 10, column: 3 }, "PageUp", false, shape)).toEqual({ row: 0, column: 3 });
    expect(moveCell({ row: 10, column: 3 }, "End", true, shape)).toEqual({ row: 99, column: 7 });
    expect(moveCell({ row: 10, column: 3 }, "x", false, shape)).toBeUndefined();
  });
});

describe("layoutColumns", () => {
  it("adds widths up, honours resizing, and unpins all but one when narrow", () => {
    const columns = [column("a", 30, true), column("b", 100, true), column("c", 50)];
    const wide = layoutColumns(columns, new Map([["b", 200]]), false);
    expect(wide).toMatchObject({ starts: [0, 30, 230], total: 280, pinned: 2, pinnedWidth: 230 });
    expect(layoutColumns(columns, new Map(), true)).toMatchObject({ pinned: 1, pinnedWidth: 30 });
  });
});
