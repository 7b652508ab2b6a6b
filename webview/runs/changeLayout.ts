import type { TableLayout } from "../../src/shared/runs/api.js";
import type { GridMove } from "../shared/grid/types.js";

const without = (list: readonly string[], ids: ReadonlySet<string>): string[] =>
  list.filter((id) => !ids.has(id));

/** Shows or hides columns. */
export function setShown(layout: TableLayout, ids: readonly string[], show: boolean): TableLayout {
  const changed = new Set(ids);
  const shown = without(layout.shown, changed);
  const hidden = without(layout.hidden, changed);
  return show
    ? { ...layout, shown: [...shown, ...ids], hidden }
    : { ...layout, shown, hidden: [...hidden, ...ids] };
}

/** `visible`: ids of the columns as they stand. A column that lands among pinned ones is pinned, and the reverse. */
export function moveColumn(
  layout: TableLayout,
  visible: readonly string[],
  { column, before }: GridMove,
): TableLayout {
  const order = visible.filter((id) => id !== column);
  const found = before === null ? -1 : order.indexOf(before);
  const at = found < 0 ? order.length : found;
  order.splice(at, 0, column);
  const pinned = new Set(layout.pinned);
  const left = order[at - 1];
  const right = order[at + 1];
  const isPinned = (id: string | undefined): boolean => id !== undefined && pinned.has(id);
  const pins = isPinned(right) || (isPinned(left) && pinned.has(column));
  return {
    ...layout,
    order,
    pinned: [...without(layout.pinned, new Set([column])), ...(pins ? [column] : [])],
  };
}

export function setPinned(layout: TableLayout, id: string, pin: boolean): TableLayout {
  const others = layout.pinned.filter((each) => each !== id);
  return { ...layout, pinned: pin ? [...others, id] : others };
}

export function setGrouped(layout: TableLayout, id: string, group: boolean): TableLayout {
  const others = layout.groupBy.filter((each) => each !== id);
  return { ...layout, groupBy: group ? [...others, id] : others, toggled: [] };
}

/** Open groups are kept by their ids; runs with nested ones are open unless their ids are here. */
export function setToggled(layout: TableLayout, id: string, toggled: boolean): TableLayout {
  const others = layout.toggled.filter((each) => each !== id);
  return { ...layout, toggled: toggled ? [...others, id] : others };
}
