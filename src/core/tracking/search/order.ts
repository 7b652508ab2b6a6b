/** What rows are ordered by: `rank` first, ascending whatever the direction, then the value. */
export interface SortKey {
  ascending: boolean;
  /** 0 for a value, more for what always comes last. Absent when all are values. */
  rank?: (item: number) => number;
  value: (item: number) => number | string;
}

export type Compare = (a: number, b: number) => number;

export function comparing(keys: readonly SortKey[]): Compare {
  const [first, ...others] = keys;
  if (!first) return () => 0;
  const compare = comparingBy(first);
  if (others.length === 0) return compare;
  const next = comparing(others);
  return (a, b) => compare(a, b) || next(a, b);
}

function comparingBy({ ascending, rank, value }: SortKey): Compare {
  return (a, b) => {
    if (rank) {
      const place = rank(a);
      const byRank = place - rank(b);
      if (byRank !== 0 || place > 0) return byRank;
    }
    const left = value(a);
    const right = value(b);
    return left === right ? 0 : left < right === ascending ? -1 : 1;
  };
}

/**
 * The first `count` of `items` in order. Far fewer than all are found with a heap of that size, which passes over most
 * items after one comparison.
 */
export function firstOf(items: number[], count: number, compare: Compare): number[] {
  if (count * 4 >= items.length) return items.sort(compare).slice(0, count);
  const heap: number[] = [];
  for (const item of items) {
    const worst = heap[0];
    if (heap.length < count) {
      heap.push(item);
      siftUp(heap, compare);
    } else if (worst !== undefined && compare(item, worst) < 0) {
      heap[0] = item;
      siftDown(heap, compare);
    }
  }
  return heap.sort(compare);
}

/** The worst item is at the top. */
function siftUp(heap: number[], compare: Compare): void {
  let at = heap.length - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!swapIfWorse(heap, at, above, compare)) return;
    at = above;
  }
}

function siftDown(heap: number[], compare: Compare): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const a = heap[left];
    const b = heap[left + 1];
    if (a === undefined) return;
    const worse = b !== undefined && compare(b, a) > 0 ? left + 1 : left;
    if (!swapIfWorse(heap, worse, at, compare)) return;
    at = worse;
  }
}

/** Swaps what is at `lower` with what is at `upper` if it is worse. */
function swapIfWorse(heap: number[], lower: number, upper: number, compare: Compare): boolean {
  const a = heap[lower];
  const b = heap[upper];
  if (a === undefined || b === undefined || compare(a, b) <= 0) return false;
  heap[lower] = b;
  heap[upper] = a;
  return true;
}
