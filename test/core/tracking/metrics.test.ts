import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpackPoints } from "../../../src/shared/points.ts";
import type { Metric } from "../../../src/shared/tracking.ts";
import type { SqliteTrackingStore } from "../../../src/core/tracking/index.ts";
import { levelFor } from "../../../src/core/tracking/drawing.ts";
import { newRun, tempFolder, tempStore } from "./tempStore.ts";

const value = fc.oneof(
  fc.constantFrom(0, 1, -1, NaN, Infinity, -Infinity, Number.MAX_VALUE, 5e-324),
  fc.double(),
);
const point = fc.record({
  key: fc.constantFrom("a", "b"),
  value: value.map((number) => number + 0),
  step: fc.integer({ min: -2, max: 3 }),
  timestamp: fc.integer({ min: 0, max: 3 }),
});

/** What MLflow's own store compares: NaN stands there as 0. */
const rank = ({ value: number }: Metric) => (Number.isNaN(number) ? 0 : number);
const later = (a: Metric, b: Metric) =>
  a.step - b.step || a.timestamp - b.timestamp || (rank(a) > rank(b) ? 1 : rank(a) < rank(b) ? -1 : 0);
const sameKey = (a: Metric) => (b: Metric) => a.key === b.key;

async function drawn(store: SqliteTrackingStore, runId: string, maxPoints: number) {
  const [series] = await store.getMetricSeries({ runIds: [runId], keys: ["m"], maxPoints });
  if (!series) throw new Error("The run has no series.");
  const data = unpackPoints(series.data);
  const points = Array.from({ length: data.length / 3 }, (_, i) => ({
    step: data[3 * i] ?? NaN,
    timestamp: data[3 * i + 1] ?? NaN,
    value: data[3 * i + 2] ?? NaN,
  }));
  return { ...series, points };
}

async function logAll(store: SqliteTrackingStore, runId: string, values: readonly number[], first = 0) {
  for (let from = 0; from < values.length; from += 1000) {
    await store.logBatch(runId, {
      metrics: values.slice(from, from + 1000).map((each, i) => ({
        key: "m",
        value: each,
        step: first + from + i,
        timestamp: 1000 + first + from + i,
      })),
    });
  }
}

const noise = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => (((i + seed) * 1_299_709) % 1_000_003) / 1_000_003);

describe("metrics", () => {
  it("keep each point once and the latest by step, time and value", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.array(point, { minLength: 1, maxLength: 12 }), { maxLength: 4 }),
      async (batches) => {
        const database = `${tempFolder()}/cairn.db`;
        const store = await tempStore({ database });
        const runId = await newRun(store);
        const kept: Metric[] = [];
        for (const metrics of batches) {
          await store.logBatch(runId, { metrics });
          for (const metric of metrics)
            if (!kept.some((other) => JSON.stringify(key(other)) === JSON.stringify(key(metric))))
              kept.push(metric);
        }
        const { data } = await store.getRun(runId);
        expect(data.metrics.map(({ key: name }) => name)).toEqual(
          [...new Set(kept.map((each) => each.key))].sort(),
        );
        for (const latest of data.metrics) {
          const all = kept.filter(sameKey(latest));
          // Of points that are equally late (a NaN and a 0) the first logged stays.
          const [expected] = all.filter((each) => all.every((other) => later(other, each) <= 0));
          expect(latest).toEqual(expected);
          const history = await store.getMetricHistory(runId, latest.key);
          const paged: Metric[] = [];
          let pageToken: string | undefined;
          do {
            const page = await store.getMetricHistory(runId, latest.key, { maxResults: 2, pageToken });
            paged.push(...page.items);
            pageToken = page.nextPageToken;
          } while (pageToken !== undefined);
          expect(paged).toEqual(history.items);
          const byTime = (a: Metric, b: Metric) => a.timestamp - b.timestamp || a.step - b.step;
          expect(history.items).toEqual([...history.items].sort(byTime));
          expect(new Set(history.items.map(text))).toEqual(new Set(all.map(text)));
          expect(history.items).toHaveLength(all.length);
        }
        expect((await store.counts()).metricPoints).toBe(kept.length);
        await store.close();
        const again = await tempStore({ database });
        expect((await again.getRun(runId)).data.metrics).toEqual(data.metrics);
        await again.close();
      },
    );
    await fc.assert(property, { numRuns: 40 });

    function key(metric: Metric) {
      return [metric.key, metric.step, metric.timestamp, String(metric.value)];
    }
    function text(metric: Metric) {
      return JSON.stringify(key(metric));
    }
  });

  it("are drawn whole while they are few", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    await logAll(store, runId, [3, NaN, -Infinity]);
    const { points, count, decimated } = await drawn(store, runId, 10);
    expect({ count, decimated }).toEqual({ count: 3, decimated: false });
    expect(points.map((each) => each.value)).toEqual([3, NaN, -Infinity]);
    expect(points[1]).toMatchObject({ step: 1, timestamp: 1001 });
    expect(await store.getMetricSeries({ runIds: [runId], keys: ["other"], maxPoints: 10 })).toEqual([]);
    await expect(store.getMetricSeries({ runIds: [runId], maxPoints: 1 })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  it.each([
    [300, 100],
    [1999, 2],
    [2001, 100],
    [70_000, 500],
    [70_000, 20_000],
  ])("of %i points are drawn by %i at most, with their extremes and their end", async (count, maxPoints) => {
    const store = await tempStore();
    const runId = await newRun(store);
    const values = noise(count, maxPoints);
    values[Math.floor(count / 3)] = 1000;
    values[Math.floor(count / 2)] = -1000;
    await logAll(store, runId, values);
    const { points, decimated } = await drawn(store, runId, maxPoints);
    expect(decimated).toBe(true);
    expect(points.length).toBeLessThanOrEqual(maxPoints);
    for (const each of points) expect(each.value).toBe(values[each.step]);
    expect(points.map(({ step }) => step)).toEqual(points.map(({ step }) => step).sort((a, b) => a - b));
    if (maxPoints < 3) return;
    expect(points.map((each) => each.value)).toEqual(expect.arrayContaining([1000, -1000]));
    expect(points.at(-1)?.step).toBe(count - 1);
  });

  it("show every gap and peak of a long series in its part of the picture, across restarts", async () => {
    const database = `${tempFolder()}/cairn.db`;
    const count = 20_000;
    const values = noise(count, 1);
    values[7777] = NaN;
    const runId = "r1";
    for (let from = 0; from < count; from += 3333) {
      const store = await tempStore({ database });
      if (from === 0) await newRun(store, runId);
      await logAll(store, runId, values.slice(from, from + 3333), from);
      await store.close();
    }
    const store = await tempStore({ database });
    const { points } = await drawn(store, runId, 1000);
    expect(points.filter((each) => Number.isNaN(each.value))).toEqual([
      { step: 7777, timestamp: 8777, value: NaN },
    ]);
    // In any window of several buckets the drawn extremes are the true ones.
    const window = 500;
    for (let from = 0; from + window <= count; from += window) {
      const truth = values.slice(from, from + window).filter((each) => !Number.isNaN(each));
      const reach = 100;
      const shown = points
        .filter(({ step }) => step >= from - reach && step < from + window + reach)
        .map((each) => each.value)
        .filter((each) => !Number.isNaN(each));
      expect(Math.max(...shown)).toBeGreaterThanOrEqual(Math.max(...truth));
      expect(Math.min(...shown)).toBeLessThanOrEqual(Math.min(...truth));
    }
  });

  it("stay in step order when a resumed run logs earlier steps again", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    await logAll(store, runId, noise(5000, 1));
    await logAll(store, runId, [...noise(1000, 2), 50], 2000);
    const { points } = await drawn(store, runId, 60);
    const steps = points.slice(0, -1).map(({ step }) => step);
    expect(Math.max(...points.map((each) => each.value))).toBe(50);
    for (let i = 1; i < steps.length; i++)
      expect((steps[i] ?? 0) - (steps[i - 1] ?? 0)).toBeGreaterThan(-300);
  });

  it("are read from the level that fills the picture", () => {
    expect(levelFor(1999, 2)).toBeUndefined();
    expect(levelFor(10_000_000, 2000)).toBe(1024);
    expect(levelFor(100_000, 2000)).toBe(64);
    expect(levelFor(100_000, 100_000)).toBeUndefined();
  });
});
