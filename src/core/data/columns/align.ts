import { matchRows, NO_LINE } from "../lineDelta/index.js";
import type { Dialect } from "./dialect.js";
import { NO_COLUMN, type Partners } from "./partners.js";
import { RowReader, type Template } from "./rows.js";
import type { Values } from "./values.js";

/** Forms of rows that are remembered. */
const MAX_FORMS = 1024;

interface RowHashes {
  /** Over the values of the columns that both have. */
  rows: Uint32Array;
  /** Of the first of these. */
  first: Uint32Array;
}

/** For each row of the child the row of the parent that it most likely was, by what both have; NO_LINE for a new one. */
export function alignRows(
  old: Values,
  oldDialect: Dialect,
  now: Values,
  dialect: Dialect,
  partners: Partners,
): Int32Array {
  const back = new Map(
    [...partners].filter(([, was]) => was !== NO_COLUMN).map(([name, was]) => [was, name]),
  );
  const common = commonColumns(old, oldDialect, now, dialect, partners, back);
  const before = hashesOf(old, oldDialect, (name) =>
    common.get(partners.size > 0 ? (back.get(name) ?? "") : name),
  );
  const after = hashesOf(now, dialect, (name) => common.get(name));
  const matches = matchRows(before.rows, after.rows, () => true);
  let expected = 0;
  for (let row = 0; row < now.count;) {
    const match = matches[row] ?? NO_LINE;
    if (match !== NO_LINE) {
      expected = match + 1;
      row++;
      continue;
    }
    let end = row;
    while (end < now.count && matches[end] === NO_LINE) end++;
    pair(before, after, matches, row, end, expected, end < now.count ? (matches[end] ?? 0) : old.count);
    row = end;
  }
  return matches;
}

/** Rows without an equal, between two that have one: one by one where there are as many, else by their first value. */
function pair(
  old: RowHashes,
  now: RowHashes,
  matches: Int32Array,
  from: number,
  to: number,
  oldFrom: number,
  oldTo: number,
): void {
  if (oldTo <= oldFrom) return;
  if (oldTo - oldFrom === to - from) {
    for (let row = from; row < to; row++) matches[row] = oldFrom + row - from;
    return;
  }
  const byFirst = new Map<number, number>();
  for (let row = oldTo - 1; row >= oldFrom; row--) byFirst.set(old.first[row] ?? 0, row);
  let least = oldFrom;
  for (let row = from; row < to; row++) {
    const was = byFirst.get(now.first[row] ?? 0);
    if (was === undefined || was < least) continue;
    matches[row] = was;
    least = was + 1;
  }
}

/** Numbers for the columns by which rows are found, by the names of the child. */
function commonColumns(
  old: Values,
  oldDialect: Dialect,
  now: Values,
  dialect: Dialect,
  partners: Partners,
  back: ReadonlyMap<string, string>,
): Map<string, number> {
  const before = new Set(
    namesOf(old, oldDialect).map((name) => (partners.size > 0 ? (back.get(name) ?? "") : name)),
  );
  const shared = namesOf(now, dialect).filter((name) => before.has(name));
  return new Map(shared.map((name, i) => [name, i]));
}

/** Of a row in the middle, which is no header. */
function namesOf(rows: Values, dialect: Dialect): string[] {
  const middle = rows.count >> 1;
  return new RowReader(rows.bytes, dialect).read(rows.starts[middle] ?? 0, rows.ends[middle] ?? 0).names;
}

function hashesOf(rows: Values, dialect: Dialect, numberOf: (name: string) => number | undefined): RowHashes {
  const reader = new RowReader(rows.bytes, dialect);
  const numbers = new Map<Template, Int32Array>();
  const hashes = { rows: new Uint32Array(rows.count), first: new Uint32Array(rows.count) };
  for (let row = 0; row < rows.count; row++) {
    const form = reader.read(rows.starts[row] ?? 0, rows.ends[row] ?? 0);
    let columns = numbers.get(form);
    if (!columns) {
      if (numbers.size > MAX_FORMS) numbers.clear();
      numbers.set(form, (columns = Int32Array.from(form.names, (name) => numberOf(name) ?? -1)));
    }
    let all = 0;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] ?? -1;
      if (column < 0) continue;
      let hash = 0x811c9dc5;
      const end = reader.spans[i * 2 + 1] ?? 0;
      for (let at = reader.spans[i * 2] ?? 0; at < end; at++)
        hash = Math.imul(hash ^ (rows.bytes[at] ?? 0), 0x01000193);
      if (column === 0) hashes.first[row] = hash;
      // Whatever the order of the columns.
      all = (all + Math.imul(hash ^ (hash >>> 15), 0x9e3779b1 + column * 2)) | 0;
    }
    hashes.rows[row] = all;
  }
  return hashes;
}
