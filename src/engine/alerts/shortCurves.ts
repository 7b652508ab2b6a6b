import type { TrackingStore } from "../../core/tracking/index.js";
import { POINT_WIDTH, unpackPoints } from "../../shared/points.js";
import type { Metric } from "../../shared/tracking.js";

/** Longer curves are not read again: what they show, their next points show too. */
const MOST_POINTS = 10_000;
/** Of a run in all: about a tenth of a second. */
const MOST_OF_RUN = 200_000;

/** Every point of those curves of a run that are short enough, metric by metric in the order of steps. */
export async function shortCurves(store: TrackingStore, runId: string): Promise<Metric[]> {
  const { keys, runs } = await store.getMetricNames([runId]);
  const { at = [], counts = [] } = runs[0] ?? {};
  let left = MOST_OF_RUN;
  const chosen = at.flatMap((place, i) => {
    const count = counts[i] ?? 0;
    if (count > MOST_POINTS || count > left) return [];
    left -= count;
    return keys[place] ?? [];
  });
  if (chosen.length === 0) return [];
  const series = await store.getMetricSeries({ runIds: [runId], keys: chosen, maxPoints: MOST_POINTS });
  return series.flatMap(({ key, data }) => pointsOf(key, unpackPoints(data)));
}

function pointsOf(key: string, numbers: Float64Array): Metric[] {
  const points: Metric[] = [];
  for (let i = 0; i < numbers.length; i += POINT_WIDTH) {
    const [step = 0, timestamp = 0, value = NaN] = numbers.subarray(i, i + POINT_WIDTH);
    points.push({ key, step, timestamp, value });
  }
  return points;
}
