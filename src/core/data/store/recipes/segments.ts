import { type ByteSource, parts } from "../sources.js";

/** What of the child is compared with what of the parent. */
export interface Segment {
  from: number;
  to: number;
  childFrom: number;
  childTo: number;
}

/** One line of so many marks a place where both may be cut: every few hundred kilobytes of a table. */
const EVERY = 1 << 12;
const TARGET = 48 << 20;
const MAX = 96 << 20;
const STEP = 8 << 20;

/**
 * Cuts two large texts into pieces of at most MAX bytes that belong together: at lines that stand once in each, in the
 * same order in both (the longest such sequence). Where there are none, pieces are cut by size, and the same share of
 * the parent is taken.
 */
export function alignSegments(
  parent: ByteSource,
  child: ByteSource,
  { target, max }: { target: number; max: number } = { target: TARGET, max: MAX },
): Segment[] {
  const old = marks(parent);
  const now = marks(child);
  const common = [...now].flatMap(([hash, childAt]) => {
    const at = old.get(hash);
    return at === undefined || at < 0 || childAt < 0 ? [] : [{ at, childAt }];
  });
  common.sort((a, b) => a.childAt - b.childAt);
  const cuts = [...increasing(common), { at: parent.size, childAt: child.size }];
  const segments: Segment[] = [];
  let start = { at: 0, childAt: 0 };
  for (const [i, cut] of cuts.entries()) {
    const next = cuts[i + 1];
    if (next && next.childAt - start.childAt <= target && next.at - start.at <= target) continue;
    segments.push(
      ...bySize({ from: start.at, to: cut.at, childFrom: start.childAt, childTo: cut.childAt }, max),
    );
    start = cut;
  }
  return segments;
}

/** Starts of marked lines by their hash; −1 for a hash that comes twice. */
function marks(source: ByteSource): Map<number, number> {
  const found = new Map<number, number>();
  let hash = 0x811c9dc5;
  let begin = 0;
  let base = 0;
  for (const part of parts(source, STEP)) {
    for (let i = 0; i < part.length; i++) {
      const byte = part[i] ?? 0;
      hash = Math.imul(hash ^ byte, 0x01000193);
      if (byte !== 10) continue;
      // The low bits of this hash depend on few bytes.
      if (((hash ^ (hash >>> 15)) & (EVERY - 1)) === 0) found.set(hash, found.has(hash) ? -1 : begin);
      hash = 0x811c9dc5;
      begin = base + i + 1;
    }
    base += part.length;
  }
  return found;
}

/** The longest subsequence in which `at` increases (patience sorting). */
function increasing<T extends { at: number }>(items: readonly T[]): T[] {
  const ends: number[] = [];
  const before = new Int32Array(items.length).fill(-1);
  for (const [i, { at }] of items.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((items[ends[middle] ?? 0]?.at ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[i] = ends[low - 1] ?? -1;
    ends[low] = i;
  }
  const chain: T[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i] ?? -1) {
    const item = items[i];
    if (item) chain.push(item);
  }
  return chain.reverse();
}

function bySize(segment: Segment, max: number): Segment[] {
  const { from, to, childFrom, childTo } = segment;
  const count = Math.max(1, Math.ceil((childTo - childFrom) / max));
  return Array.from({ length: count }, (_, i) => {
    const part = (a: number, b: number, k: number) => a + Math.floor(((b - a) * k) / count);
    const start = part(from, to, i);
    return {
      from: start,
      to: Math.min(part(from, to, i + 1), start + max),
      childFrom: part(childFrom, childTo, i),
      childTo: part(childFrom, childTo, i + 1),
    };
  });
}
