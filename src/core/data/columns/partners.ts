import type { Dialect } from "./dialect.js";
import { RowReader, type Template } from "./rows.js";
import type { Values } from "./values.js";

/** Which column of the parent a column of the child was, by their names; the same name where it says nothing. */
export type Partners = ReadonlyMap<string, string>;

export const NO_COLUMN = "";
/** Forms of old rows that are remembered. */
const MAX_FORMS = 1024;

/**
 * Columns of delimited tables by their headers, where both have one; a column whose name is new takes the place of one
 * whose name is gone if there are as many as before. All others by their place or key.
 */
export function partnersOf(old: Values, oldDialect: Dialect, now: Values, dialect: Dialect): Partners {
  const partners = new Map<string, string>();
  if (oldDialect.kind !== "delimited" || dialect.kind !== "delimited") return partners;
  const [before, after] = [headerOf(old, oldDialect), headerOf(now, dialect)];
  if (!before || !after) return partners;
  const shared = after.filter((name) => before.includes(name));
  if (shared.length * 2 < Math.min(before.length, after.length)) return partners;
  for (const [i, name] of after.entries()) {
    const was = before.indexOf(name);
    const renamed =
      before.length === after.length && !after.includes(before[i] ?? "") ? String(i) : NO_COLUMN;
    partners.set(String(i), was >= 0 ? String(was) : renamed);
  }
  return partners;
}

/** The first row, where its fields are different texts. */
function headerOf(rows: Values, dialect: Dialect): string[] | undefined {
  if (rows.count === 0) return undefined;
  const reader = new RowReader(rows.bytes, dialect);
  const { names } = reader.read(rows.starts[0] ?? 0, rows.ends[0] ?? 0);
  const fields = names.map((_, i) =>
    rows.bytes.toString("latin1", reader.spans[i * 2], reader.spans[i * 2 + 1]),
  );
  const isHeader =
    new Set(fields).size === fields.length && fields.every((field) => Number.isNaN(Number(field)));
  return isHeader ? fields : undefined;
}

/** Where rows of the parent have what a row of the child has. */
export class Places {
  private readonly known = new Map<Template, Map<Template, Int32Array>>();
  private last: { now: Template; old: Template; places: Int32Array } | undefined;

  constructor(private readonly partners: Partners) {}

  /** For each value of a row of form `now` the number of the parent's in a row of form `old`; −1 for none. */
  of(now: Template, old: Template): Int32Array {
    if (this.last?.now === now && this.last.old === old) return this.last.places;
    let byOld = this.known.get(now);
    if (!byOld || byOld.size > MAX_FORMS) {
      byOld = new Map<Template, Int32Array>();
      this.known.set(now, byOld);
    }
    let places = byOld.get(old);
    if (!places) {
      const byName = new Map(old.names.map((name, i) => [name, i]));
      places = Int32Array.from(now.names, (name) => byName.get(this.partners.get(name) ?? name) ?? -1);
      byOld.set(old, places);
    }
    this.last = { now, old, places };
    return places;
  }
}
