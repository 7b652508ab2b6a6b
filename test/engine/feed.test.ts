import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Feed, SLOW_BYTES } from "../../src/engine/rpc/feed.ts";
import { PointBuffer } from "../../src/engine/rpc/pointBuffer.ts";
import { unpackPoints } from "../../src/shared/points.ts";
import type { EngineNotifications } from "../../src/shared/protocol.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function makeFeed() {
  const sent: { name: string; params: unknown }[] = [];
  const state = { backlog: 0 };
  const feed = new Feed(
    { send: (name, params) => sent.push({ name, params }), backlog: () => state.backlog },
    () => Promise.resolve("1"),
  );
  const of = <N extends keyof EngineNotifications>(name: N) =>
    sent.filter((one) => one.name === name).map((one) => one.params as EngineNotifications[N]);
  return { feed, sent, state, of };
}

const points = (runId: string, values: number[]) => ({
  kind: "metrics" as const,
  runId,
  experimentId: "1",
  metrics: values.map((value, step) => ({ key: "loss", value, step, timestamp: step })),
});

const chunk = { text: "x", start: 0, end: 1, size: 1, complete: false };

test("changes are told together, five times a second at most", async () => {
  const { feed, of } = makeFeed();
  for (let i = 0; i < 100; i++) {
    feed.onStoreChange({ kind: "run", runId: `r${i % 3}`, experimentId: "1" });
    feed.onStoreChange({ kind: "experiment", experimentId: "1" });
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(1000);
  const changed = of("changed");
  expect(changed.length).toBeGreaterThanOrEqual(5);
  expect(changed.length).toBeLessThanOrEqual(7);
  expect(changed.at(-1)?.experiments).toBe(true);
  expect(changed.every(({ runs }) => runs.length <= 3)).toBe(true);
});

test("points come for subscribed runs only, in order, with NaN", async () => {
  const { feed, of } = makeFeed();
  feed.subscribe(["a"], []);
  feed.onStoreChange(points("a", [1, Number.NaN, 3]));
  feed.onStoreChange(points("b", [1]));
  await vi.advanceTimersByTimeAsync(50);
  const [push] = of("points");
  expect(push?.series).toHaveLength(1);
  expect([...unpackPoints(push?.series[0]?.data ?? "")]).toEqual([0, 0, 1, 1, 1, Number.NaN, 2, 2, 3]);
  expect(of("changed")).toEqual([]);
});

test("a million points between two pushes cost little and keep the peaks", async () => {
  const { feed, of } = makeFeed();
  feed.subscribe(["a"], []);
  const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
  for (let i = 0; i < 1000; i++) feed.onStoreChange(points("a", i === 500 ? [...values, 99, -99] : values));
  await vi.advanceTimersByTimeAsync(50);
  const data = unpackPoints(of("points")[0]?.series[0]?.data ?? "");
  expect(data.length / 3).toBeLessThanOrEqual(2000);
  expect(data).toContain(99);
  expect(data).toContain(-99);
});

test("a client that does not read is told what it missed when it reads again", async () => {
  const { feed, sent, state, of } = makeFeed();
  feed.subscribe(["a"], ["c"]);
  state.backlog = SLOW_BYTES + 1;
  for (let i = 0; i < 50; i++) {
    feed.onStoreChange(points("a", [i]));
    feed.onOutput("c", chunk);
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(sent).toEqual([]);
  state.backlog = 0;
  await vi.advanceTimersByTimeAsync(500);
  const runs = of("changed").flatMap((changed) => changed.runs.map(({ runId }) => runId));
  expect(runs.sort()).toEqual(["a", "c"]);
  expect(of("points")).toEqual([]);
  feed.onOutput("c", chunk);
  expect(of("output")).toHaveLength(1);
});

test("thinned points are some of those pushed, in their order, with lowest and highest", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 500 }), (values) => {
      const buffer = new PointBuffer(16);
      for (const [step, value] of values.entries())
        buffer.push({ key: "k", step, timestamp: step * 2, value });
      const data = buffer.take();
      const steps = [...data].filter((_, i) => i % 3 === 0);
      expect(steps.length).toBeLessThanOrEqual(Math.max(16, 1));
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
      const kept = steps.map((step) => values[step]);
      expect([...data].filter((_, i) => i % 3 === 2)).toEqual(kept);
      expect(Math.max(...(kept as number[]))).toBe(Math.max(...values));
      expect(Math.min(...(kept as number[]))).toBe(Math.min(...values));
      expect(buffer.length).toBe(0);
    }),
  );
});
