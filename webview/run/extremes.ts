import { POINT_WIDTH } from "../../src/shared/points.js";
import type { CurveStore } from "../shared/plot/index.js";
import type { Extremes } from "./overview.js";

/** Smallest and largest finite value of each metric of a run. Decimated curves keep both. */
export function extremesOf(store: CurveStore, runId: string): Map<string, Extremes> {
  const found = new Map<string, Extremes>();
  for (const key of store.keys()) {
    const triples = store.of(key).get(runId)?.triples() ?? new Float64Array();
    let min = Infinity;
    let max = -Infinity;
    for (let i = 2; i < triples.length; i += POINT_WIDTH) {
      const value = triples[i] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (min <= max) found.set(key, { min, max });
  }
  return found;
}
