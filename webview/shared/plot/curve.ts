import { POINT_WIDTH } from "../../../src/shared/points.js";
import { decimate, type XY } from "./decimate.js";

/** Points above which a growing curve is thinned, and the buckets it is thinned to. */
const LIMIT = 24_000;
const KEPT_BUCKETS = 2_000;
/** How far back a pushed point is compared with what was fetched, to drop what came by both ways. */
const OVERLAP = 512;

/** One metric of one run, as triples step, timestamp (ms), value in the order logged. It grows while the run trains. */
export class CurvePoints {
  private values: Float64Array;
  private length: number;

  constructor(points: Float64Array) {
    this.values = points;
    this.length = points.length;
  }

  get count(): number {
    return this.length / POINT_WIDTH;
  }

  triples(): Float64Array {
    return this.values.subarray(0, this.length);
  }

  append(points: Float64Array): void {
    const fresh = this.withoutOverlap(points);
    this.reserve(this.length + fresh.length);
    this.values.set(fresh, this.length);
    this.length += fresh.length;
    if (this.count > LIMIT) this.thin();
  }

  private withoutOverlap(points: Float64Array): Float64Array {
    let at = 0;
    while (at < points.length && this.has(points, at)) at += POINT_WIDTH;
    return points.subarray(at);
  }

  private has(points: Float64Array, at: number): boolean {
    const stop = Math.max(0, this.length - OVERLAP * POINT_WIDTH);
    for (let i = this.length - POINT_WIDTH; i >= stop; i -= POINT_WIDTH) {
      const same = [0, 1, 2].every((part) => Object.is(this.values[i + part], points[at + part]));
      if (same) return true;
    }
    return false;
  }

  private reserve(length: number): void {
    if (length <= this.values.length) return;
    const grown = new Float64Array(Math.max(length, this.values.length * 2, 64 * POINT_WIDTH));
    grown.set(this.triples());
    this.values = grown;
  }

  private thin(): void {
    const triples = this.triples();
    const order = sortedByStep(triples);
    const indexed = {
      x: Float64Array.from(order, (_, i) => i),
      y: Float64Array.from(order, (i) => triples[i + 2] ?? 0),
    };
    const kept = decimate(indexed, KEPT_BUCKETS);
    const thinned = new Float64Array(LIMIT * POINT_WIDTH);
    kept.x.forEach((position, i) => {
      const from = order[position] ?? 0;
      thinned.set(triples.subarray(from, from + POINT_WIDTH), i * POINT_WIDTH);
    });
    this.values = thinned;
    this.length = kept.x.length * POINT_WIDTH;
  }
}

/** Offsets of the triples in ascending step; equal steps stay in the order logged. */
function sortedByStep(triples: Float64Array): number[] {
  const order = Array.from({ length: triples.length / POINT_WIDTH }, (_, i) => i * POINT_WIDTH);
  let ascending = true;
  for (let i = POINT_WIDTH; i < triples.length && ascending; i += POINT_WIDTH)
    ascending = (triples[i] ?? 0) >= (triples[i - POINT_WIDTH] ?? 0);
  return ascending ? order : order.sort((a, b) => (triples[a] ?? 0) - (triples[b] ?? 0) || a - b);
}

export type XAxis = "step" | "time";

/**
 * What to draw: ascending x (steps, or seconds since the curve's first point), infinities as gaps, at most
 * 4 points for every two pixel columns of the visible range.
 */
export function toLine(curve: CurvePoints, axis: XAxis, columns: number, range?: [number, number]): XY {
  const triples = curve.triples();
  const order = sortedByStep(triples);
  let origin = Infinity;
  if (axis === "time") for (const i of order) origin = Math.min(origin, triples[i + 1] ?? 0);
  const xAt = (i: number): number =>
    axis === "step" ? (triples[i] ?? 0) : ((triples[i + 1] ?? 0) - origin) / 1000;
  if (axis === "time") order.sort((a, b) => xAt(a) - xAt(b) || a - b);
  const visible = range ? within(order, xAt, range) : order;
  const y = Float64Array.from(visible, (i) => {
    const value = triples[i + 2] ?? Number.NaN;
    return Number.isFinite(value) ? value : Number.NaN;
  });
  return decimate({ x: Float64Array.from(visible, xAt), y }, Math.max(16, Math.ceil(columns / 2)));
}

/** The points inside the range and one beyond either end, so that the line runs to the edge. */
function within(order: number[], xAt: (i: number) => number, [low, high]: [number, number]): number[] {
  let first = order.findIndex((i) => xAt(i) >= low);
  if (first < 0) first = order.length;
  let last = order.findIndex((i) => xAt(i) > high);
  if (last < 0) last = order.length;
  return order.slice(Math.max(0, first - 1), last + 1);
}
