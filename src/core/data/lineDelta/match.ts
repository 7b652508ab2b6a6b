import { hashLines, type Lines, sameLine } from "./lines.js";

/** How many lines with the same hash are looked at; tables repeat some lines thousands of times. */
const MAX_CHAIN = 24;
export const NO_LINE = -1;

/**
 * For each line of `child` an equal one of `parent`, or NO_LINE. Runs of lines that follow each other in both are
 * preferred, then the parent's line closest behind the last one taken.
 */
export function matchLines(parent: Lines, child: Lines): Int32Array {
  const index = new LineIndex(parent);
  const hashes = hashLines(child);
  const matches = new Int32Array(child.count).fill(NO_LINE);
  let expected = 0;
  for (let line = 0; line < child.count; line++) {
    const hash = hashes[line] ?? 0;
    const found =
      expected < parent.count && index.hashes[expected] === hash && sameLine(parent, expected, child, line)
        ? expected
        : index.closest(child, line, hash, expected);
    if (found === NO_LINE) continue;
    matches[line] = found;
    expected = found + 1;
  }
  return matches;
}

/** Lines by hash: open addressing to the last line of each hash, and a chain to the ones before it. */
class LineIndex {
  readonly hashes: Uint32Array;
  private readonly slots: Int32Array;
  private readonly before: Int32Array;
  private readonly mask: number;

  constructor(private readonly lines: Lines) {
    this.hashes = hashLines(lines);
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, lines.count * 2)));
    this.mask = size - 1;
    this.slots = new Int32Array(size).fill(NO_LINE);
    this.before = new Int32Array(lines.count);
    // From the end, so that a chain goes forwards from the first line.
    for (let line = lines.count - 1; line >= 0; line--) {
      const slot = this.slotOf(this.hashes[line] ?? 0);
      this.before[line] = this.slots[slot] ?? NO_LINE;
      this.slots[slot] = line;
    }
  }

  closest(child: Lines, line: number, hash: number, expected: number): number {
    let best = NO_LINE;
    let distance = Infinity;
    let at = this.slots[this.slotOf(hash)] ?? NO_LINE;
    for (let steps = 0; at !== NO_LINE && steps < MAX_CHAIN; steps++) {
      // What lies ahead is left for what comes next; going back is twice as far.
      const away = at >= expected ? at - expected : (expected - at) * 2;
      if (away < distance && sameLine(this.lines, at, child, line)) {
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
      const line = this.slots[slot] ?? NO_LINE;
      if (line === NO_LINE || this.hashes[line] === hash) return slot;
      slot = (slot + 1) & this.mask;
    }
  }
}
