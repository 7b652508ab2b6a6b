import { describe, expect, it } from "vitest";
import { layoutColumns } from "../../webview/shared/grid/columnLayout.ts";
import { dropIndex } from "../../webview/shared/grid/dragColumn.ts";
import { moveCell } from "../../webview/shared/grid/keyboard.ts";
import { RowList } from "../../webview/shared/grid/rowList.ts";
import { select, toggleAll } from "../../webview/shared/grid/selection.ts";
import { sortRows } from "../../webview/shared/grid/sortRows.ts";
import type { GridColumn, GridTree } from "../../webview/shared/grid/types.ts";

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

describe("rows below others", () => {
  interface Node {
    id: string;
    level: number;
    open?: boolean;
    members: string[];
  }
  const tree: GridTree = {
    level: (row) => (row as Node).level,
    open: (row) => (row as Node).open,
    members: (row) => (row as Node).members,
  };
  const rows: Node[] = [
    { id: "closed", level: 1, open: false, members: ["a", "b"] },
    { id: "open", level: 1, open: true, members: ["c", "d", "e"] },
    { id: "c", level: 2, members: ["c"] },
    { id: "d", level: 2, members: ["d"] },
    { id: "e", level: 2, open: true, members: ["e"] },
  ];
  const list = new RowList(
    rows,
    (row) => (row as Node).id,
    () => tree,
  );
  const none = { ids: new Set<string>(), anchor: undefined };

  it("selects those that a group stands for, and in a range only those in it", () => {
    const group = list.select(none, 0, "toggle");
    expect([...group.ids]).toEqual(["a", "b"]);
    expect([...list.select(group, 0, "toggle").ids]).toEqual([]);
    expect([...list.select(list.select(none, 0, "only"), 2, "range").ids]).toEqual(["a", "b", "c"]);
    expect([...list.all(none).ids]).toEqual(["a", "b", "c", "d", "e"]);
    expect([...list.toggleAll(list.all(none)).ids]).toEqual([]);
  });

  it("says which groups are selected wholly or in part", () => {
    const selected = new Set(["a", "b", "d"]);
    expect(rows.map(({ id }) => list.stateOf(selected, id))).toEqual([true, "mixed", false, true, false]);
    expect(list.stateOfAll(selected)).toBe("mixed");
    expect(list.stateOfAll(new Set(["a", "b", "c", "d", "e"]))).toBe(true);
    expect([0, 1, 4].map((place) => list.isGroup(place))).toEqual([true, true, false]);
  });
});

describe("dropIndex", () => {
  const layout = layoutColumns(
    [column("check", 30, true), column("name", 100, true), column("a", 50), column("b", 50), column("c", 50)],
    new Map(),
    false,
  );

  it("is before the column whose first half is under the pointer, wherever the grid is scrolled to", () => {
    expect(dropIndex(layout, 140, 0, 1)).toBe(2);
    expect(dropIndex(layout, 160, 0, 1)).toBe(3);
    expect(dropIndex(layout, 160, 60, 1)).toBe(4);
    expect(dropIndex(layout, 1000, 0, 1)).toBe(5);
    expect(dropIndex(layout, 5, 60, 1)).toBe(1);
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
