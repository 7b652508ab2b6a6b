import { describe, expect, it } from "vitest";
import { CurvePoints, spliced } from "../../webview/shared/plot/curve.ts";
import { CurveStore } from "../../webview/shared/plot/curveStore.ts";
import { decimate } from "../../webview/shared/plot/decimate.ts";
import { finerSteps } from "../../webview/shared/plot/finerSteps.ts";
import { toLine, type LineOptions } from "../../webview/shared/plot/line.ts";

function triples(values: number[], step = (i: number): number => i): Float64Array {
  return Float64Array.from(values.flatMap((value, i) => [step(i), 1000 + i * 10, value]));
}

const plain: LineOptions = { x: "step", logX: false, logY: false, smoothing: 0, columns: 100 };

describe("decimate", () => {
  it("keeps the highest and the lowest point of 100,000 and stays small", () => {
    const y = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 500));
    y[44_444] = 99;
    y[77_777] = -99;
    const kept = decimate({ x: Float64Array.from(y, (_, i) => i), y }, 500) ?? [];
    expect(kept.length).toBeLessThanOrEqual(2_500);
    expect(kept).toEqual(expect.arrayContaining([44_444, 77_777, 0, 99_999]));
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
  });

  it("keeps a gap where values are not numbers", () => {
    const y = Float64Array.from({ length: 10_000 }, (_, i) => (i > 4_000 && i < 4_500 ? Number.NaN : 1));
    const kept = decimate({ x: Float64Array.from(y, (_, i) => i), y }, 100) ?? [];
    expect(kept.some((i) => Number.isNaN(y[i]))).toBe(true);
  });

  it("keeps all of short and of vertical lines", () => {
    expect(decimate({ x: Float64Array.of(0, 1), y: Float64Array.of(5, 6) }, 100)).toBeUndefined();
    const vertical = { x: new Float64Array(1_000), y: new Float64Array(1_000).fill(2) };
    expect(decimate(vertical, 10)).toBeUndefined();
  });
});

describe("CurvePoints", () => {
  it("drops pushed points that were fetched already and keeps new ones", () => {
    const curve = new CurvePoints(triples([1, 2, 3]));
    curve.append(triples([1, 2, 3, 4]).subarray(3));
    expect(curve.count).toBe(4);
    expect(curve.triples()[11]).toBe(4);
    expect(curve.decimated).toBe(false);
  });

  it("stays bounded over a long run, keeps its peak and knows that it lacks points", () => {
    const curve = new CurvePoints(new Float64Array());
    for (let batch = 0; batch < 100; batch++) {
      const values = Array.from({ length: 1_000 }, (_, i) => (batch === 50 && i === 500 ? 1e6 : i % 7));
      curve.append(triples(values, (i) => batch * 1_000 + i));
    }
    expect(curve.count).toBeLessThanOrEqual(24_000);
    expect(Math.max(...toLine(curve.triples(), { ...plain, columns: 300 }).raw.y)).toBe(1e6);
    expect(curve.decimated).toBe(true);
  });

  it("takes finer points for a part of its steps", () => {
    const coarse = triples([1, 2, 3, 4, 5], (i) => i * 10);
    const fine = triples([7, 8, 9], (i) => 10 + i * 5);
    const line = toLine(spliced(coarse, fine, 10, 20), plain);
    expect([...line.raw.x]).toEqual([0, 10, 15, 20, 30, 40]);
    expect([...line.raw.y]).toEqual([1, 7, 8, 9, 4, 5]);
  });
});

describe("a line", () => {
  it("has its steps in order, infinities as gaps that are marked, and the points as logged", () => {
    const line = toLine(
      triples([1, Infinity, 3], (i) => [5, 1, 3][i] ?? 0),
      plain,
    );
    expect([...line.raw.x]).toEqual([1, 3, 5]);
    expect([...line.raw.y]).toEqual([Number.NaN, 3, 1]);
    expect(line.marks).toEqual([{ x: 1, value: Infinity }]);
    expect([...line.points]).toEqual([1, 1010, Infinity, 3, 1020, 3, 5, 1000, 1]);
  });

  it("goes by the time of day, or the time since the run began or since its first point", () => {
    const curve = triples([1, 2, 3]);
    expect([...toLine(curve, { ...plain, x: "wall" }).raw.x]).toEqual([1000, 1010, 1020]);
    expect([...toLine(curve, { ...plain, x: "relative" }).raw.x]).toEqual([0, 0.01, 0.02]);
    expect([...toLine(curve, { ...plain, x: "relative", origin: 500 }).raw.x]).toEqual([0.5, 0.51, 0.52]);
    expect(toLine(curve, { ...plain, x: "relative", origin: 5000 }).raw.x[0]).toBe(0);
  });

  it("is drawn where it is zoomed to, and one point beyond either end", () => {
    const curve = triples(Array.from({ length: 100 }, (_, i) => i));
    expect([...toLine(curve, { ...plain, range: [10, 12] }).raw.x]).toEqual([9, 10, 11, 12, 13]);
  });

  it("leaves what is not positive off logarithmic axes, and says so", () => {
    const line = toLine(triples([1, 0, -1, 4]), { ...plain, logX: true, logY: true });
    expect([...line.raw.x]).toEqual([1, 2, 3]);
    expect([...line.raw.y]).toEqual([Number.NaN, Number.NaN, 4]);
    expect(line.leftOut).toBe(true);
    expect(
      toLine(
        triples([1, 2], (i) => i + 1),
        { ...plain, logX: true, logY: true },
      ).leftOut,
    ).toBe(false);
  });

  it("keeps the first steps apart on a logarithmic axis, though there are 100,000", () => {
    const line = toLine(triples(Array.from({ length: 100_000 }, (_, i) => i % 5)), { ...plain, logX: true });
    expect([...line.raw.x].filter((x) => x <= 10)).toHaveLength(10);
    expect(line.raw.x.length).toBeLessThanOrEqual(300);
  });

  it("is smoothed over all points, not only those in view", () => {
    const curve = triples(Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : 1)));
    const line = toLine(curve, { ...plain, smoothing: 0.9, range: [100, 199] });
    expect(line.smooth?.y[1]).toBeCloseTo(0.1, 3);
    expect(line.raw.y[1]).toBe(1);
  });
});

describe("finer steps", () => {
  const runs = [{ id: "a", name: "a", color: "#000" }];
  const coarse = new CurvePoints(
    triples([1, 2, 3, 4, 5], (i) => i * 100),
    true,
  );
  const curves = new Map([["a", coarse]]);

  it("are those that are zoomed to, by step and by time", () => {
    const byStep = finerSteps(curves, runs, { x: "step", isLogX: false, zoom: [120.5, 180.2] });
    expect(byStep.get("a")).toEqual([120, 181]);
    const byTime = finerSteps(curves, runs, { x: "wall", isLogX: false, zoom: [1012, 1018] });
    expect(byTime.get("a")).toEqual([100, 200]);
  });

  it("are none without a zoom, of whole curves, and outside of a curve", () => {
    expect(finerSteps(curves, runs, { x: "step", isLogX: false, zoom: undefined }).size).toBe(0);
    expect(finerSteps(curves, runs, { x: "step", isLogX: false, zoom: [900, 950] }).size).toBe(0);
    const whole = new Map([["a", new CurvePoints(triples([1, 2]))]]);
    expect(finerSteps(whole, runs, { x: "step", isLogX: false, zoom: [0, 1] }).size).toBe(0);
  });

  it("are the first ones on a logarithmic axis", () => {
    expect(finerSteps(curves, runs, { x: "step", isLogX: true, zoom: undefined }).get("a")).toEqual([0, 8]);
  });
});

describe("CurveStore", () => {
  const names = (runId: string, counts: Record<string, number>) => ({
    keys: Object.keys(counts),
    runs: [
      {
        runId,
        at: Object.keys(counts).map((_, i) => i),
        counts: Object.values(counts),
        min: Object.keys(counts).map(() => 1),
        max: Object.keys(counts).map(() => "Infinity"),
      },
    ],
  });
  const runs = new Set(["r"]);

  it("keeps points that were pushed while a fetch was under way", () => {
    const store = new CurveStore();
    store.setNames(names("r", { loss: 2 }));
    expect(store.missing("loss")).toEqual(["r"]);
    store.beginFetch();
    store.append([{ runId: "r", key: "loss", points: triples([1, 2, 3]).subarray(6) }], runs);
    store.endFetch(["loss"], ["r"], [{ runId: "r", key: "loss", points: triples([1, 2]) }]);
    expect(store.of("loss").get("r")?.count).toBe(3);
    expect(store.missing("loss")).toEqual([]);
  });

  it("only counts points of metrics that are out of view, and has all of a metric that is new", () => {
    const store = new CurveStore();
    store.setNames(names("r", { loss: 2 }));
    const grown = store.append(
      [
        { runId: "r", key: "loss", points: triples([1, 2, 3]).subarray(6) },
        { runId: "r", key: "fresh", points: triples([9]) },
        { runId: "other", key: "loss", points: triples([9]) },
      ],
      runs,
    );
    expect([...grown]).toEqual(["loss", "fresh"]);
    expect(store.countOf("loss", "r")).toBe(3);
    expect(store.of("loss").size).toBe(0);
    expect(store.missing("fresh")).toEqual([]);
    expect(store.keys()).toEqual(["fresh", "loss"]);
    expect(store.extremesOf("r").get("loss")).toEqual({ min: 1, max: Infinity });
  });

  it("keeps what was fetched of runs that stay, and fetches again what was only pushed in part", () => {
    const store = new CurveStore();
    store.setNames(names("r", { loss: 2 }));
    store.beginFetch();
    store.endFetch(["loss"], ["r"], [{ runId: "r", key: "loss", points: triples([1, 2]) }]);
    store.append([{ runId: "r", key: "fresh", points: triples([1, 2, 3]).subarray(3) }], runs);
    store.setNames(names("r", { loss: 2, fresh: 3 }));
    expect(store.missing("loss")).toEqual([]);
    expect(store.missing("fresh")).toEqual(["r"]);
    store.setNames(names("s", { loss: 2 }));
    expect(store.missing("loss")).toEqual(["s"]);
    expect(store.of("loss").size).toBe(0);
  });

  it("lets finer points grow with the curve", () => {
    const store = new CurveStore();
    store.setNames(names("r", { loss: 100 }));
    store.setDetails("loss", new Map([["r", { from: 0, to: 9, points: new CurvePoints(triples([1])) }]]));
    store.append([{ runId: "r", key: "loss", points: triples([1, 2]).subarray(3) }], runs);
    expect(store.detailOf("loss", "r")?.points.count).toBe(2);
  });
});
