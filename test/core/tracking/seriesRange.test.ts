import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SqliteTrackingStore } from "../../../src/core/tracking/index.ts";
import { unpackPoints } from "../../../src/shared/points.ts";
import { newRun, tempStore } from "./tempStore.ts";

interface Point {
  step: number;
  value: number;
}

async function logAll(store: SqliteTrackingStore, runId: string, points: readonly Point[]): Promise<void> {
  for (let from = 0; from < points.length; from += 1000) {
    const metrics = points
      .slice(from, from + 1000)
      .map(({ step, value }, i) => ({ key: "m", value, step, timestamp: 1000 + from + i }));
    await store.logBatch(runId, { metrics });
  }
}

async function drawnIn(
  store: SqliteTrackingStore,
  runId: string,
  maxPoints: number,
  [from, to]: [number, number],
): Promise<{ decimated: boolean; points: Point[] }> {
  const query = { runIds: [runId], keys: ["m"], maxPoints, steps: { from, to } };
  const [series] = await store.getMetricSeries(query);
  if (!series) throw new Error("The run has no series.");
  const data = unpackPoints(series.data);
  const points = Array.from({ length: data.length / 3 }, (_, i) => ({
    step: data[3 * i] ?? NaN,
    value: data[3 * i + 2] ?? NaN,
  }));
  return { decimated: series.decimated, points };
}

const noise = (count: number): Point[] =>
  Array.from({ length: count }, (_, step) => ({
    step,
    value: ((step * 1_299_709) % 1_000_003) / 1_000_003,
  }));

describe("a range of a series", () => {
  it("has each of its points, and one beyond either end", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const all = noise(100_000);
    await logAll(store, runId, all);
    const { points, decimated } = await drawnIn(store, runId, 2_000, [40_000, 41_500]);
    expect(decimated).toBe(false);
    expect(points).toEqual(all.slice(39_999, 41_502));
    expect((await drawnIn(store, runId, 2_000, [99_990, 200_000])).points).toEqual(all.slice(99_989));
    expect((await drawnIn(store, runId, 2_000, [-50, -1])).points).toEqual(all.slice(0, 1));
    expect((await drawnIn(store, runId, 2_000, [0.4, 0.6])).points).toEqual(all.slice(0, 2));
  });

  it.each([
    ["few enough to be read", 2_000, 30_000],
    ["read from the finest level", 200, 30_000],
    ["read from a coarser level", 20, 90_000],
  ])("keeps the peaks of points that are too many, %s", async (_, maxPoints, width) => {
    const store = await tempStore();
    const runId = await newRun(store);
    const all = noise(100_000);
    const peaks = [5_100, 5_000 + Math.floor(width / 2), 4_900 + width];
    for (const [i, at] of peaks.entries()) all[at] = { step: at, value: 1000 + i };
    all[3_000] = { step: 3_000, value: 1e9 };
    await logAll(store, runId, all);
    const { points, decimated } = await drawnIn(store, runId, maxPoints, [5_000, 5_000 + width]);
    expect(decimated).toBe(true);
    expect(points.length).toBeLessThanOrEqual(maxPoints + 2);
    expect(points.length).toBeGreaterThan(maxPoints / 4);
    const steps = points.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(points.at(0)?.step).toBe(4_999);
    for (const { step, value } of points) expect(value).toBe(all[step]?.value);
    const highest = points.filter(({ value }) => value >= 1000).map(({ step }) => step);
    expect(highest).toEqual(peaks);
  });

  it("holds what was logged, however the steps came", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: -10, max: 410 }),
      fc.integer({ min: 0, max: 200 }),
      async (steps, from, width) => {
        const store = await tempStore();
        const runId = await newRun(store);
        await logAll(
          store,
          runId,
          steps.map((step, i) => ({ step, value: i })),
        );
        const { points } = await drawnIn(store, runId, 1_000, [from, from + width]);
        const inside = points.filter(({ step }) => step >= from && step <= from + width);
        const wanted = steps
          .map((step, value) => ({ step, value }))
          .filter(({ step }) => step >= from && step <= from + width)
          .sort((a, b) => a.step - b.step || a.value - b.value);
        expect(inside).toEqual(wanted);
        expect(points.length - inside.length).toBeLessThanOrEqual(2);
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  it("finds what a resumed run has logged again", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const again = noise(40_000).slice(5_000);
    again[10_000] = { step: 15_000, value: 77 };
    await logAll(store, runId, [...noise(30_000), ...again]);
    const { points } = await drawnIn(store, runId, 100, [8_000, 28_000]);
    expect(Math.max(...points.map(({ value }) => value))).toBe(77);
  });
});

describe("the names of metrics", () => {
  it("come with counts and extremes, for runs that share some of them", async () => {
    const store = await tempStore();
    const [a, b] = [await newRun(store), await newRun(store)];
    const metric = (key: string, value: number, step: number) => ({ key, value, step, timestamp: step });
    await store.logBatch(a, { metrics: [metric("loss", 3, 0), metric("loss", 1, 1), metric("x", NaN, 0)] });
    await store.logBatch(b, { metrics: [metric("loss", Infinity, 0), metric("y", 5, 0)] });
    const { keys, runs } = await store.getMetricNames([a, b]);
    const read = runs.map(({ runId, at, counts, min, max }) => ({
      runId,
      metrics: at.map((place, i) => [keys[place], counts[i], min[i], max[i]]),
    }));
    expect(read).toEqual([
      {
        runId: a,
        metrics: [
          ["loss", 2, 1, 3],
          ["x", 1, null, null],
        ],
      },
      {
        runId: b,
        metrics: [
          ["loss", 1, "Infinity", "Infinity"],
          ["y", 1, 5, 5],
        ],
      },
    ]);
  });
});
