export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range starts. */
  anchor: string | undefined;
}

export type SelectionMode = "only" | "toggle" | "range";

/** `order`: ids of the rows as shown. Selected rows that are filtered out stay selected, except in mode `only`. */
export function select(
  before: Selection,
  order: readonly string[],
  id: string,
  mode: SelectionMode,
): Selection {
  if (mode === "only") return { ids: new Set([id]), anchor: id };
  if (mode === "toggle") {
    const ids = new Set(before.ids);
    if (!ids.delete(id)) ids.add(id);
    return { ids, anchor: id };
  }
  const from = before.anchor === undefined ? -1 : order.indexOf(before.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return { ids: new Set([id]), anchor: id };
  return { ids: new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1)), anchor: before.anchor };
}

/** Selects every row shown, or none of them when all were. */
export function toggleAll(before: Selection, order: readonly string[]): Selection {
  const all = order.length > 0 && order.every((id) => before.ids.has(id));
  const ids = new Set(before.ids);
  for (const id of order) {
    if (all) ids.delete(id);
    else ids.add(id);
  }
  return { ids, anchor: before.anchor };
}
