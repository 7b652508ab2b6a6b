import { hashLines, type Lines, sameLine } from "./lines.js";

/** How many rows with the same hash are looked at; tables repeat some thousands of times. */
const MAX_CHAIN = 24;
export const NO_LINE = -1;

/** For each line of `child` an equal one of `parent`, or NO_LINE. */
export function matchLines(parent: Lines, child: Lines): Int32Array {
  return matchRows(hashLines(parent), hashLines(child), (old, now) => sameLine(parent, old, child, now));
}

/**
 * For each row of the child, given by its hash, an equal one of the parent, or NO_LINE. Runs of rows that follow each
 * other in both are preferred, then the parent's row closest behind the last one taken.
 */
export function matchRows(
  parent: Uint32Array,
  child: Uint32Array,
  same: (old: number, now: number) => boolean,
): Int32Array {
  const index = new RowIndex(parent, same);
  const matches = new Int32Array(child.length).fill(NO_LINE);
  let expected = 0;
  for (let row = 0; row < child.length; row++) {
    const hash = child[row] ?? 0;
    const found =
      expected < parent.length && parent[expected] === hash && same(expected, row)
        ? expected
        : index.closest(row, hash, expected);
    if (found === NO_LINE) continue;
    matches[row] = found;
    expected = found + 1;
  }
  return matches;
}

/** Rows by hash: open addressing to the last row of each hash, and a chain to the ones before it. */
class RowIndex {
  private readonly slots: Int32Array;
  private readonly before: Int32Array;
  private readonly mask: number;

  constructor(
    private readonly hashes: Uint32Array,
    private readonly same: (old: number, now: number) => boolean,
  ) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, hashes.length * 2)));
    this.mask = size - 1;
    this.slots = new Int32Array(size).fill(NO_LINE);
    this.before = new Int32Array(hashes.length);
    // From the end, so that a chain goes forwards from the first row.
    for (let row = hashes.length - 1; row >= 0; row--) {
      const slot = this.slotOf(hashes[row] ?? 0);
      this.before[row] = this.slots[slot] ?? NO_LINE;
      this.slots[slot] = row;
    }
  }

  closest(row: number, hash: number, expected: number): number {
    let best = NO_LINE;
    let distance = Infinity;
    let at = this.slots[this.slotOf(hash)] ?? NO_LINE;
    for (let steps = 0; at !== NO_LINE && steps < MAX_CHAIN; steps++) {
      // What lies ahead is left for what comes next; going back is twice as far.
      const away = at >= expected ? at - expected : (expected - at) * 2;
      if (away < distance && this.same(at, row)) {
        best = at;
        distance = away;
      }
      at = this.before[at] ?? NO_LINE;
    }
    return best;
  }

  private slotOf(hash: number): number {
    let slot = Math.imul(hash, 0x9e3779b1) & this.mask;
    for (;;) {
      const row = this.slots[slot] ?? NO_LINE;
      if (row === NO_LINE || this.hashes[row] === hash) return slot;
      slot = (slot + 1) & this.mask;
    }
  }
}
