export interface XY {
  x: Float64Array;
  y: Float64Array;
}

/**
 * Keeps first, minimum, maximum and last of each of `buckets` equal ranges of x, in x order, so that no peak is lost;
 * at most 5 × `buckets` points. A not-a-number is kept once per bucket where it stands, as a gap in the line.
 * `x` must be ascending. Gives the places of what is kept; undefined when that is everything.
 */
export function decimate({ x, y }: XY, buckets: number): number[] | undefined {
  const count = x.length;
  if (count <= buckets * 4 || count < 3) return undefined;
  const from = x[0] ?? 0;
  const width = ((x[count - 1] ?? 0) - from) / buckets;
  if (!(width > 0)) return undefined;
  const kept: number[] = [];
  let start = 0;
  while (start < count) {
    const bucket = bucketOf(x[start] ?? 0, from, width, buckets);
    let end = start + 1;
    while (end < count && bucketOf(x[end] ?? 0, from, width, buckets) === bucket) end++;
    keepExtremes(y, start, end, kept);
    start = end;
  }
  return kept;
}

function bucketOf(x: number, from: number, width: number, buckets: number): number {
  return Math.min(buckets - 1, Math.floor((x - from) / width));
}

function keepExtremes(y: Float64Array, start: number, end: number, kept: number[]): void {
  let low = -1;
  let high = -1;
  let gap = -1;
  for (let i = start; i < end; i++) {
    const value = y[i] ?? Number.NaN;
    if (Number.isNaN(value)) {
      gap = i;
      continue;
    }
    if (low < 0 || value < (y[low] ?? 0)) low = i;
    if (high < 0 || value > (y[high] ?? 0)) high = i;
  }
  const picks = [start, low, high, gap, end - 1].filter((i) => i >= 0).sort((a, b) => a - b);
  for (const pick of picks) if (kept[kept.length - 1] !== pick) kept.push(pick);
}
