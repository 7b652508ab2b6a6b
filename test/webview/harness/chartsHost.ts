import type { ChartRequests } from "../../../src/shared/charts.ts";
import { makeCurve } from "./generate.ts";

export interface ChartOptions {
  /** Metric names, beside the usual ones. */
  metrics?: number;
  /** Points logged of each metric. */
  points?: number;
  /** The highest value of the first run's second metric. */
  peak?: number | undefined;
  /** These metrics were logged once. */
  single?: string[];
}

type Answers = Pick<ChartRequests, "metricNames" | "curves">;

const METRICS = ["accuracy", "loss", "train/loss", "train/lr", "val/accuracy", "val/loss"];

/** Answers what charts ask for as the engine would: names first, then the curves that are asked for, long ones thinned. */
export function chartsHost(allRuns: readonly string[], options: ChartOptions, own?: readonly string[]) {
  const { metrics = 0, points = 400, peak, single = [] } = options;
  const keys = [
    ...(own ?? METRICS),
    ...single,
    ...Array.from({ length: metrics }, (_, i) => `layer/${String(i).padStart(5, "0")}/norm`),
  ];
  const places = new Map(keys.map((key, i) => [key, i]));
  const countOf = (key: string): number => (single.includes(key) ? 1 : points);
  const made = new Map<string, Float64Array>();
  const curveOf = (runId: string, key: string): Float64Array => {
    const r = allRuns.indexOf(runId);
    const k = places.get(key) ?? 0;
    const name = `${r} ${k}`;
    let curve = made.get(name);
    if (!curve) {
      const isFirst = r === 0 && own === undefined;
      curve = makeCurve(
        Math.max(0, r) * 31 + k,
        countOf(key),
        isFirst && k === 1 ? peak : undefined,
        isFirst && k === 5,
      );
      made.set(name, curve);
    }
    return curve;
  };
  return {
    metricNames({ runIds }: Answers["metricNames"]["params"]): Answers["metricNames"]["result"] {
      const at = keys.map((_, i) => i);
      const counts = keys.map(countOf);
      const [min, max] = [keys.map(() => 0.1), keys.map(() => 1.5)];
      return { keys, runs: runIds.map((runId) => ({ runId, at, counts, min, max })) };
    },
    curves({
      runIds,
      keys: wanted,
      maxPoints,
      steps,
    }: Answers["curves"]["params"]): Answers["curves"]["result"] {
      const curves = runIds.flatMap((runId) =>
        wanted.map((key) => {
          const all = curveOf(runId, key);
          const { from, to } = steps ?? { from: 0, to: all.length };
          const part = all.slice(3 * Math.max(0, from - 1), 3 * (to + 2));
          const decimated = part.length > maxPoints * 3;
          return {
            runId,
            key,
            count: countOf(key),
            decimated,
            points: decimated ? thin(part, maxPoints) : part,
          };
        }),
      );
      return { curves };
    },
  };
}

/** The answer to a request of the charts; null to any other. */
export function answerCharts(host: ReturnType<typeof chartsHost>, method: string, params: unknown): unknown {
  if (method === "metricNames") return host.metricNames(params as Answers["metricNames"]["params"]);
  return method === "curves" ? host.curves(params as Answers["curves"]["params"]) : null;
}

/** Lowest and highest of equally long parts. */
function thin(triples: Float64Array, maxPoints: number): Float64Array {
  const count = triples.length / 3;
  const parts = Math.floor(maxPoints / 2);
  const kept: number[] = [];
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * count) / parts);
    const to = Math.floor(((part + 1) * count) / parts);
    let [low, high] = [from, from];
    for (let i = from; i < to; i++) {
      if ((triples[3 * i + 2] ?? 0) < (triples[3 * low + 2] ?? 0)) low = i;
      if ((triples[3 * i + 2] ?? 0) > (triples[3 * high + 2] ?? 0)) high = i;
    }
    kept.push(Math.min(low, high), Math.max(low, high));
  }
  return Float64Array.from(kept.flatMap((i) => [...triples.subarray(3 * i, 3 * i + 3)]));
}
