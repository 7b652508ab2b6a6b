import type { XY } from "./decimate.js";
import type { Line } from "./line.js";

/** The mean of some lines, between their lowest and their highest values. */
export interface Band {
  x: Float64Array;
  mean: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

/** Places at which the mean is taken. */
const PLACES = 300;

/**
 * Joins lines at common places: mean of the lines that reach a place, interpolated between their points; lowest and
 * highest of these and of the points around it, so that no peak is lost. Gaps of a line do not count.
 */
export function toBand(lines: readonly XY[], logX: boolean): Band {
  const at = places(lines, logX);
  const sum = new Float64Array(at.length);
  const count = new Float64Array(at.length);
  const low = new Float64Array(at.length).fill(Infinity);
  const high = new Float64Array(at.length).fill(-Infinity);
  const take = (i: number, value: number): void => {
    if (value < (low[i] ?? 0)) low[i] = value;
    if (value > (high[i] ?? 0)) high[i] = value;
  };
  for (const line of lines) {
    let next = 0;
    at.forEach((x, i) => {
      while (next < line.x.length && (line.x[next] ?? 0) < x) {
        const value = line.y[next] ?? Number.NaN;
        const place = i > 0 && x - (line.x[next] ?? 0) > (line.x[next] ?? 0) - (at[i - 1] ?? 0) ? i - 1 : i;
        if (!Number.isNaN(value)) take(place, value);
        next++;
      }
      const value = valueAt(line, next, x);
      if (Number.isNaN(value)) return;
      sum[i] = (sum[i] ?? 0) + value;
      count[i] = (count[i] ?? 0) + 1;
      take(i, value);
    });
  }
  const known = [...at.keys()].filter((i) => (count[i] ?? 0) > 0);
  return {
    x: Float64Array.from(known, (i) => at[i] ?? 0),
    mean: Float64Array.from(known, (i) => (sum[i] ?? 0) / (count[i] ?? 1)),
    low: Float64Array.from(known, (i) => low[i] ?? 0),
    high: Float64Array.from(known, (i) => high[i] ?? 0),
  };
}

/** The value at x, where `next` is the first point at or after it; not a number outside of the line. */
function valueAt({ x: xs, y: ys }: XY, next: number, x: number): number {
  const right = xs[next];
  if (right === undefined) return Number.NaN;
  const after = ys[next] ?? Number.NaN;
  if (right === x) return after;
  const left = xs[next - 1];
  if (left === undefined) return Number.NaN;
  const before = ys[next - 1] ?? Number.NaN;
  return before + ((after - before) * (x - left)) / (right - left);
}

/** All x of the lines where they are few, else evenly many between the first and the last. */
function places(lines: readonly XY[], logX: boolean): Float64Array {
  const all = new Set<number>();
  let first = Infinity;
  let last = -Infinity;
  for (const { x } of lines) {
    if (all.size <= PLACES) for (const each of x) all.add(each);
    first = Math.min(first, x[0] ?? Infinity);
    last = Math.max(last, x.at(-1) ?? -Infinity);
  }
  if (all.size <= PLACES) return Float64Array.from(all).sort();
  const [from, to] = logX ? [Math.log10(first), Math.log10(last)] : [first, last];
  return Float64Array.from({ length: PLACES }, (_, i) => {
    if (i === 0) return first;
    if (i === PLACES - 1) return last;
    const place = from + ((to - from) * i) / (PLACES - 1);
    return logX ? 10 ** place : place;
  });
}

/** A band as something that can be drawn and read like one line. */
export function bandLine(members: readonly Line[], logX: boolean): { line: Line; band: Band } {
  const band = toBand(
    members.map(({ raw, smooth }) => smooth ?? raw),
    logX,
  );
  const line: Line = {
    raw: { x: band.x, y: band.mean },
    smooth: undefined,
    points: new Float64Array(),
    marks: members.flatMap(({ marks }) => marks),
    leftOut: members.some(({ leftOut }) => leftOut),
  };
  return { line, band };
}
