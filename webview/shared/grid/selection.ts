export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range starts. */
  anchor: string | undefined;
}

export type SelectionMode = "only" | "toggle" | "range";

/** Ids that are selected with a row. */
export type Members = (id: string) => readonly string[];

const itself: Members = (id) => [id];

/**
 * `order`: ids of the rows as shown. Selected rows that are filtered out stay selected, except in mode `only`. A row
 * that stands for several is toggled as one: all of them are selected unless they were.
 */
export function select(
  before: Selection,
  order: readonly string[],
  id: string,
  mode: SelectionMode,
  members: Members = itself,
): Selection {
  if (mode === "only") return { ids: new Set(members(id)), anchor: id };
  if (mode === "toggle") return { ids: toggled(before.ids, members(id)), anchor: id };
  const from = before.anchor === undefined ? -1 : order.indexOf(before.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return { ids: new Set(members(id)), anchor: id };
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set(range.flatMap(members)), anchor: before.anchor };
}

/** Selects every row shown, or none of them when all were. */
export function toggleAll(before: Selection, order: readonly string[], members: Members = itself): Selection {
  return { ids: toggled(before.ids, order.flatMap(members)), anchor: before.anchor };
}

function toggled(before: ReadonlySet<string>, ids: readonly string[]): Set<string> {
  const result = new Set(before);
  const all = ids.length > 0 && ids.every((id) => before.has(id));
  for (const id of ids) {
    if (all) result.delete(id);
    else result.add(id);
  }
  return result;
}

/** Whether all of `ids` are selected, or only some. */
export function selectedState(selected: ReadonlySet<string>, ids: readonly string[]): boolean | "mixed" {
  if (ids.length === 0 || selected.size === 0) return false;
  let count = 0;
  for (const id of ids) if (selected.has(id)) count++;
  return count === ids.length ? true : count > 0 ? "mixed" : false;
}
