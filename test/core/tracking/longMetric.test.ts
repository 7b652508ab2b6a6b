import { expect, test } from "vitest";
import { unpackPoints } from "../../../src/shared/points.ts";
import { newRun, tempFolder, tempStore } from "./tempStore.ts";
import { openNative } from "../../../src/core/store/index.ts";

/** Ten million with `npm run test:long`. */
const POINTS = process.env.CAIRN_LONG ? 10_000_000 : 500_000;
const PEAK = Math.floor(POINTS / 3);

test(
  `a metric logged ${POINTS.toLocaleString("en-US")} times is drawn with its peak, paged, and cheap`,
  { timeout: 600_000 },
  async () => {
    const database = `${tempFolder()}/cairn.db`;
    const store = await tempStore({ database });
    const runId = await newRun(store);
    const valueOf = (step: number): number => (step === PEAK ? 1e6 : Math.sin(step / 1000));
    for (let from = 0; from < POINTS; from += 1000) {
      const metrics = Array.from({ length: 1000 }, (_, i) => {
        const step = from + i;
        return { key: "loss", value: valueOf(step), step, timestamp: 1_700_000_000_000 + 20 * step };
      });
      await store.logBatch(runId, { metrics });
    }

    const begin = performance.now();
    const [series] = await store.getMetricSeries({ runIds: [runId], maxPoints: 2000 });
    const took = performance.now() - begin;
    expect(series).toMatchObject({ count: POINTS, decimated: true });
    const numbers = [...unpackPoints(series?.data ?? "")];
    expect(numbers.length).toBeLessThanOrEqual(3 * 2010);
    const steps = numbers.filter((_, i) => i % 3 === 0);
    expect(steps.every((step, i) => i === 0 || step >= (steps[i - 1] ?? 0))).toBe(true);
    expect([steps[0], steps.at(-1)]).toEqual([0, POINTS - 1]);
    expect(numbers[3 * steps.indexOf(PEAK) + 2]).toBe(1e6);
    // A hundred times the points cost no more to draw: only levels are read.
    expect(took).toBeLessThan(1000);

    const near = { from: PEAK - 100, to: PEAK + 100 };
    const [zoomed] = await store.getMetricSeries({ runIds: [runId], maxPoints: 2000, steps: near });
    expect(unpackPoints(zoomed?.data ?? "").length).toBe(3 * 203);

    const page = await store.getMetricHistory(runId, "loss", { maxResults: 1000 });
    expect(page.items.map(({ step }) => step)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const next = await store.getMetricHistory(runId, "loss", {
      maxResults: 10,
      pageToken: page.nextPageToken,
    });
    expect(next.items[0]?.step).toBe(1000);
    const { data } = await store.getRun(runId);
    expect(data.metrics).toMatchObject([{ key: "loss", step: POINTS - 1 }]);

    const native = openNative(database, { readonly: true });
    const [{ bytes } = { bytes: NaN }] = native
      .prepare<[], { bytes: number }>(
        "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
      )
      .all();
    native.close();
    expect(bytes / POINTS).toBeLessThan(40);
  },
);
