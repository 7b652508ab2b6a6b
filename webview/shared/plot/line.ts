import type { XAxis } from "../../../src/shared/charts.js";
import { POINT_WIDTH } from "../../../src/shared/points.js";
import { decimate, type XY } from "./decimate.js";
import { smooth } from "./smooth.js";
import { ascendingSteps } from "./curve.js";

export interface LineOptions {
  x: XAxis;
  logX: boolean;
  logY: boolean;
  smoothing: number;
  /** When the run began, for times relative to it; else its first point. */
  origin?: number | undefined;
  /** Pixels of the picture's width. */
  columns: number;
  /** Visible part of the horizontal axis. */
  range?: [number, number] | undefined;
}

/** What is drawn of one curve. */
export interface Line {
  /** As logged, in ascending x; what cannot be drawn is a gap. */
  raw: XY;
  /** The moving average, where one is wished. */
  smooth: XY | undefined;
  /** The points of `raw` as they were logged: triples step, timestamp (ms), value. */
  points: Float64Array;
  /** Points that are no number or infinite. */
  marks: { x: number; value: number }[];
  /** Some points are not on a logarithmic axis. */
  leftOut: boolean;
}

/**
 * What to draw of a curve's triples: ascending x (steps; milliseconds since 1970; seconds since the origin), at most 5
 * points for every two pixel columns of the visible range, with its peaks.
 */
export function toLine(triples: Float64Array, options: LineOptions): Line {
  const { x: axis, logX, logY, smoothing, columns, range } = options;
  const order = ascendingSteps(triples);
  const xAt = abscissa(triples, order, axis, options.origin);
  if (axis !== "step") order.sort((a, b) => xAt(a) - xAt(b) || a - b);
  const on = logX ? order.filter((i) => xAt(i) > 0) : order;
  const values = picked(on, (i) => triples[i + 2] ?? Number.NaN);
  const averages = smoothing > 0 ? smooth(values, smoothing) : undefined;
  const [first, last] = range ? within(on, xAt, range) : [0, on.length];
  const at = on.slice(first, last);
  const x = picked(at, xAt);
  const marks: Line["marks"] = [];
  let leftOut = on.length < order.length;
  const drawable = (value: number): number => {
    if (!Number.isFinite(value)) return Number.NaN;
    if (!logY || value > 0) return value;
    leftOut = true;
    return Number.NaN;
  };
  const y = values.slice(first, last).map((value, i) => {
    if (!Number.isFinite(value)) marks.push({ x: x[i] ?? 0, value });
    return drawable(value);
  });
  const spread = logX ? x.map(Math.log10) : x;
  const buckets = Math.max(16, Math.ceil(columns / 2));
  const kept = decimate({ x: spread, y }, buckets);
  return {
    raw: pick({ x, y }, kept),
    smooth: averages && thinned(x, averages.slice(first, last).map(drawable), spread, buckets),
    points: triplesAt(triples, kept ? kept.map((i) => at[i] ?? 0) : at),
    marks: fewMarks(marks, Math.ceil(columns / 12)),
    leftOut,
  };
}

function thinned(x: Float64Array, y: Float64Array, spread: Float64Array, buckets: number): XY {
  return pick({ x, y }, decimate({ x: spread, y }, buckets));
}

function pick({ x, y }: XY, kept: number[] | undefined): XY {
  if (!kept) return { x, y };
  return { x: picked(kept, (i) => x[i] ?? 0), y: picked(kept, (i) => y[i] ?? 0) };
}

/** `Float64Array.from`, without its iterator: this runs over every point of every chart. */
function picked(from: readonly number[], value: (each: number) => number): Float64Array {
  const out = new Float64Array(from.length);
  for (let i = 0; i < out.length; i++) out[i] = value(from[i] ?? 0);
  return out;
}

/** One mark of a kind for each bucket is all that can be seen. */
function fewMarks(marks: Line["marks"], most: number): Line["marks"] {
  if (marks.length <= most) return marks;
  const every = Math.ceil(marks.length / most);
  return marks.filter((_, i) => i % every === 0);
}

/** The horizontal place of the point at an offset of the triples. */
export function abscissa(
  triples: Float64Array,
  order: readonly number[],
  axis: XAxis,
  origin: number | undefined,
): (offset: number) => number {
  if (axis === "step") return (i) => triples[i] ?? 0;
  if (axis === "wall") return (i) => triples[i + 1] ?? 0;
  let first = Infinity;
  for (const i of order) first = Math.min(first, triples[i + 1] ?? 0);
  const start = origin === undefined ? first : Math.min(origin, first);
  return (i) => ((triples[i + 1] ?? 0) - start) / 1000;
}

/** The points inside the range and one beyond either end, so that the line runs to the edge. */
function within(
  order: readonly number[],
  xAt: (offset: number) => number,
  [low, high]: [number, number],
): [number, number] {
  let first = order.findIndex((i) => xAt(i) >= low);
  if (first < 0) first = order.length;
  let last = order.findIndex((i) => xAt(i) > high);
  if (last < 0) last = order.length;
  return [Math.max(0, first - 1), last + 1];
}

function triplesAt(triples: Float64Array, offsets: readonly number[]): Float64Array {
  const out = new Float64Array(offsets.length * POINT_WIDTH);
  offsets.forEach((offset, i) => {
    out.set(triples.subarray(offset, offset + POINT_WIDTH), i * POINT_WIDTH);
  });
  return out;
}
