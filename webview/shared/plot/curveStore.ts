import { POINT_WIDTH } from "../../../src/shared/points.js";
import type { MetricNames } from "../../../src/shared/protocol.js";
import { CurvePoints } from "./curve.js";

export interface CurveData {
  runId: string;
  key: string;
  points: Float64Array;
  decimated?: boolean;
}

/** The finer points of a part of one curve. */
export interface Detail {
  from: number;
  to: number;
  points: CurvePoints;
}

interface Known {
  /** Points logged, as far as is known. */
  count: number;
  min: number;
  max: number;
  curve: CurvePoints | undefined;
  /** Nothing is left to fetch. */
  complete: boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true });

/**
 * The metrics of some runs: all their names, and the curves that have been fetched. Points of others than these are
 * only counted; points that are pushed while a fetch is under way are not lost.
 */
export class CurveStore {
  private metrics = new Map<string, Map<string, Known>>();
  private readonly details = new Map<string, Map<string, Detail>>();
  private sorted: string[] | undefined;
  private pushed: CurveData[] | undefined;
  /** What was pushed of metrics whose finer points are on their way. */
  private readonly awaited = new Map<string, CurveData[]>();

  /** Metric names in order. */
  keys(): readonly string[] {
    return (this.sorted ??= [...this.metrics.keys()].sort((a, b) => collator.compare(a, b)));
  }

  /** Fetched curves of one metric by run. */
  of(key: string): ReadonlyMap<string, CurvePoints> {
    const found = new Map<string, CurvePoints>();
    for (const [runId, { curve }] of this.metrics.get(key) ?? []) if (curve) found.set(runId, curve);
    return found;
  }

  /** Numbers held, by metric. */
  sizes(): Map<string, number> {
    const sizes = new Map<string, number>();
    for (const [key, runs] of this.metrics) {
      let size = 0;
      for (const { curve } of runs.values()) size += (curve?.count ?? 0) * POINT_WIDTH;
      if (size > 0) sizes.set(key, size);
    }
    return sizes;
  }

  /** Runs that have this metric. */
  runsOf(key: string): string[] {
    return [...(this.metrics.get(key)?.keys() ?? [])];
  }

  /** Points that a run has logged of a metric. */
  countOf(key: string, runId: string): number {
    return this.metrics.get(key)?.get(runId)?.count ?? 0;
  }

  /** Smallest and largest value of each metric of a run; metrics of which every value is NaN are left out. */
  extremesOf(runId: string): Map<string, { min: number; max: number }> {
    const found = new Map<string, { min: number; max: number }>();
    for (const [key, runs] of this.metrics) {
      const known = runs.get(runId);
      if (known && known.min <= known.max) found.set(key, { min: known.min, max: known.max });
    }
    return found;
  }

  /** Takes the names of exactly these runs; fetched curves of those that stay are kept. */
  setNames({ keys, runs }: MetricNames): void {
    const before = this.metrics;
    this.metrics = new Map();
    this.sorted = undefined;
    for (const { runId, at, counts, min, max } of runs) {
      at.forEach((place, i) => {
        const key = keys[place] ?? "";
        const count = counts[i] ?? 0;
        const old = before.get(key)?.get(runId);
        // A curve that was only pushed lacks what was logged before.
        const isWhole = old?.curve && (old.curve.decimated || old.curve.count >= count);
        this.place(key).set(runId, {
          count: Math.max(count, old?.count ?? 0),
          min: Number(min[i] ?? Infinity),
          max: Number(max[i] ?? -Infinity),
          curve: old?.curve,
          complete: isWhole === true && old?.complete === true,
        });
      });
    }
    for (const key of this.details.keys()) if (!this.metrics.has(key)) this.details.delete(key);
  }

  /** Runs of which the curve of this metric has still to be fetched. */
  missing(key: string): string[] {
    const runs = this.metrics.get(key) ?? new Map<string, Known>();
    return [...runs].filter(([, { complete }]) => !complete).map(([runId]) => runId);
  }

  /** Everything has to be fetched again; what there is stays on show until then. */
  expire(): void {
    for (const runs of this.metrics.values()) for (const known of runs.values()) known.complete = false;
  }

  beginFetch(): void {
    this.pushed = [];
  }

  /** Places what was fetched of these metrics and runs, then adds what was pushed meanwhile. */
  endFetch(keys: readonly string[], runIds: readonly string[], fetched: readonly CurveData[]): void {
    const pushed = this.pushed ?? [];
    this.pushed = undefined;
    for (const { key, runId, points, decimated = false } of fetched) {
      const known = this.metrics.get(key)?.get(runId);
      if (known) known.curve = new CurvePoints(points, decimated);
    }
    for (const key of keys) {
      for (const runId of runIds) {
        const known = this.metrics.get(key)?.get(runId);
        if (known) known.complete = true;
      }
    }
    const isFetched = new Set(fetched.map(({ key, runId }) => `${runId} ${key}`));
    for (const { key, runId, points } of pushed)
      if (isFetched.has(`${runId} ${key}`)) this.metrics.get(key)?.get(runId)?.curve?.append(points);
  }

  /** Takes pushed points of the runs on show. Gives the names of the metrics that have grown. */
  append(series: readonly CurveData[], runIds: ReadonlySet<string>): Set<string> {
    const grown = new Set<string>();
    for (const each of series) {
      const { key, runId, points } = each;
      if (!runIds.has(runId)) continue;
      this.pushed?.push(each);
      this.awaited.get(key)?.push(each);
      const known = this.knownOf(key, runId);
      known.count += points.length / POINT_WIDTH;
      for (let i = 2; i < points.length; i += POINT_WIDTH) {
        const value = points[i] ?? Number.NaN;
        if (value < known.min) known.min = value;
        if (value > known.max) known.max = value;
      }
      known.curve?.append(points);
      this.detailOf(key, runId)?.points.append(points);
      grown.add(key);
    }
    return grown;
  }

  /** A metric that was not there when the names were asked for has been pushed from its first point on. */
  private knownOf(key: string, runId: string): Known {
    const runs = this.place(key);
    const found = runs.get(runId);
    if (found) return found;
    const curve = new CurvePoints(new Float64Array());
    const made = { count: 0, min: Infinity, max: -Infinity, curve, complete: true };
    runs.set(runId, made);
    return made;
  }

  detailOf(key: string, runId: string): Detail | undefined {
    return this.details.get(key)?.get(runId);
  }

  beginDetails(key: string): void {
    this.awaited.set(key, []);
  }

  /** Places finer points, then adds what was pushed since they were asked for. */
  setDetails(key: string, details: Map<string, Detail>): void {
    for (const { runId, points } of this.awaited.get(key) ?? []) details.get(runId)?.points.append(points);
    this.awaited.delete(key);
    this.details.set(key, details);
  }

  dropDetails(key: string): void {
    this.details.delete(key);
  }

  /** Forgets the curves of a metric until they are fetched again. */
  dropCurves(key: string): void {
    for (const known of this.metrics.get(key)?.values() ?? []) {
      known.curve = undefined;
      known.complete = false;
    }
    this.details.delete(key);
  }

  private place(key: string): Map<string, Known> {
    const found = this.metrics.get(key);
    if (found) return found;
    const made = new Map<string, Known>();
    this.metrics.set(key, made);
    this.sorted = undefined;
    return made;
  }
}
