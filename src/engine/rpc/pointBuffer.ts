import { POINT_WIDTH } from "../../shared/points.js";
import type { Metric } from "../../shared/tracking.js";

const VALUE = 2;

/** New points of one curve until the next push; when there are too many, minimum and maximum of neighbours stay. */
export class PointBuffer {
  private values: number[] = [];

  /** `capacity`: points kept at most; at least 4. */
  constructor(private readonly capacity: number) {}

  get length(): number {
    return this.values.length / POINT_WIDTH;
  }

  push({ step, timestamp, value }: Metric): void {
    this.values.push(step, timestamp, value);
    if (this.length >= this.capacity * 2) this.values = thin(this.values, this.capacity);
  }

  /** Step, timestamp, value triples in the order logged. */
  take(): Float64Array {
    const values = this.length > this.capacity ? thin(this.values, this.capacity) : this.values;
    this.values = [];
    return Float64Array.from(values);
  }
}

/** Of each bucket of neighbours the points with the lowest and the highest value, in their order. */
function thin(values: number[], capacity: number): number[] {
  const points = values.length / POINT_WIDTH;
  const bucket = Math.ceil((2 * points) / capacity);
  const kept: number[] = [];
  for (let begin = 0; begin < points; begin += bucket) {
    const [low, high] = extremes(values, begin, Math.min(begin + bucket, points));
    for (const at of low === high ? [low] : [Math.min(low, high), Math.max(low, high)])
      kept.push(...values.slice(at * POINT_WIDTH, (at + 1) * POINT_WIDTH));
  }
  return kept;
}

/** A comparison with NaN is false, so a NaN is kept only where there is nothing else. */
function extremes(values: number[], begin: number, end: number): [low: number, high: number] {
  const valueAt = (point: number) => values[point * POINT_WIDTH + VALUE] ?? Number.NaN;
  let [low, high] = [begin, begin];
  for (let at = begin + 1; at < end; at++) {
    const value = valueAt(at);
    if (value < valueAt(low) || Number.isNaN(valueAt(low))) low = at;
    if (value > valueAt(high) || Number.isNaN(valueAt(high))) high = at;
  }
  return [low, high];
}
