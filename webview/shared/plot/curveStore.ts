import { CurvePoints } from "./curve.js";

export interface CurveData {
  runId: string;
  key: string;
  points: Float64Array;
}

/** Every curve on show, by metric and run. Points that are pushed while a fetch is under way are not lost. */
export class CurveStore {
  private curves = new Map<string, Map<string, CurvePoints>>();
  private pushed: CurveData[] | undefined;

  /** Metric names in order. */
  keys(): string[] {
    return [...this.curves.keys()].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  }

  /** Curves of one metric by run. */
  of(key: string): ReadonlyMap<string, CurvePoints> {
    return this.curves.get(key) ?? new Map<string, CurvePoints>();
  }

  beginFetch(): void {
    this.pushed = [];
  }

  /** Replaces everything by what was fetched, then adds what was pushed meanwhile. */
  endFetch(fetched: CurveData[]): void {
    const pushed = this.pushed ?? [];
    this.pushed = undefined;
    this.curves = new Map();
    for (const curve of fetched) this.place(curve.key).set(curve.runId, new CurvePoints(curve.points));
    this.append(pushed);
  }

  /** Names of the metrics that changed. */
  append(series: CurveData[]): Set<string> {
    this.pushed?.push(...series);
    const changed = new Set<string>();
    for (const { key, runId, points } of series) {
      const runs = this.place(key);
      const curve = runs.get(runId);
      if (curve) curve.append(points);
      else runs.set(runId, new CurvePoints(points.slice()));
      changed.add(key);
    }
    return changed;
  }

  private place(key: string): Map<string, CurvePoints> {
    const found = this.curves.get(key);
    if (found) return found;
    const made = new Map<string, CurvePoints>();
    this.curves.set(key, made);
    return made;
  }
}

/** Metric names in sections by what stands before the last `/`; those without one come first, under "". */
export function bySection(keys: string[]): { name: string; keys: string[] }[] {
  const sections = new Map<string, string[]>();
  for (const key of keys) {
    const cut = key.lastIndexOf("/");
    const name = cut > 0 ? key.slice(0, cut) : "";
    const list = sections.get(name);
    if (list) list.push(key);
    else sections.set(name, [key]);
  }
  return [...sections]
    .map(([name, list]) => ({ name, keys: list }))
    .sort((a, b) => Number(a.name !== "") - Number(b.name !== "") || a.name.localeCompare(b.name));
}
