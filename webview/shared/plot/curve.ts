import { POINT_WIDTH } from "../../../src/shared/points.js";
import { decimate } from "./decimate.js";

/** Points above which a growing curve is thinned, and the buckets it is thinned to. */
const LIMIT = 24_000;
const KEPT_BUCKETS = 2_000;
/** A push has at most 2,000 points of a curve; where there were more, their extremes, and at least half as many. */
const THINNED_PUSH = 1_000;
/** How far back a pushed point is compared with what was fetched, to drop what came by both ways. */
const OVERLAP = 512;

/** One metric of one run, as triples step, timestamp (ms), value in the order logged. It grows while the run trains. */
export class CurvePoints {
  private values: Float64Array;
  private length: number;

  /** `decimated`: more was logged than `points` holds. */
  constructor(
    points: Float64Array,
    public decimated = false,
  ) {
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
    if (points.length >= THINNED_PUSH * POINT_WIDTH) this.decimated = true;
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
    const order = ascendingSteps(triples);
    const x = Float64Array.from(order, (_, i) => i);
    const y = Float64Array.from(order, (i) => triples[i + 2] ?? 0);
    const kept = decimate({ x, y }, KEPT_BUCKETS) ?? [];
    const thinned = new Float64Array(LIMIT * POINT_WIDTH);
    kept.forEach((position, i) => {
      const from = order[position] ?? 0;
      thinned.set(triples.subarray(from, from + POINT_WIDTH), i * POINT_WIDTH);
    });
    this.values = thinned;
    this.length = kept.length * POINT_WIDTH;
    this.decimated = true;
  }
}

/** Offsets of the triples in ascending step; equal steps stay in the order logged. */
export function ascendingSteps(triples: Float64Array): number[] {
  const order: number[] = [];
  for (let i = 0; i < triples.length; i += POINT_WIDTH) order.push(i);
  let ascending = true;
  for (let i = POINT_WIDTH; i < triples.length && ascending; i += POINT_WIDTH)
    ascending = (triples[i] ?? 0) >= (triples[i - POINT_WIDTH] ?? 0);
  return ascending ? order : order.sort((a, b) => (triples[a] ?? 0) - (triples[b] ?? 0) || a - b);
}

/** First and last of the steps; undefined without points. */
export function stepsOf(triples: Float64Array): [number, number] | undefined {
  if (triples.length === 0) return undefined;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < triples.length; i += POINT_WIDTH) {
    low = Math.min(low, triples[i] ?? 0);
    high = Math.max(high, triples[i] ?? 0);
  }
  return [low, high];
}

/** The coarse points of a curve, but between two steps the fine ones. */
export function spliced(coarse: Float64Array, fine: Float64Array, from: number, to: number): Float64Array {
  const out = new Float64Array(coarse.length + fine.length);
  let length = 0;
  const take = (triples: Float64Array, inside: boolean): void => {
    for (let i = 0; i < triples.length; i += POINT_WIDTH) {
      const step = triples[i] ?? 0;
      if ((step >= from && step <= to) !== inside) continue;
      out.set(triples.subarray(i, i + POINT_WIDTH), length);
      length += POINT_WIDTH;
    }
  };
  take(coarse, false);
  take(fine, true);
  return out.subarray(0, length);
}
