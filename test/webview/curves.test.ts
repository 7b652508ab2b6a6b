import { describe, expect, it } from "vitest";
import { CurvePoints, toLine } from "../../webview/shared/plot/curve.ts";
import { bySection, CurveStore } from "../../webview/shared/plot/curveStore.ts";
import { decimate } from "../../webview/shared/plot/decimate.ts";

function triples(values: number[], step = (i: number): number => i): Float64Array {
  return Float64Array.from(values.flatMap((value, i) => [step(i), 1000 + i * 10, value]));
}

describe("decimate", () => {
  it("keeps the highest and the lowest point of 100,000 and stays small", () => {
    const y = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 500));
    y[44_444] = 99;
    y[77_777] = -99;
    const x = Float64Array.from(y, (_, i) => i);
    const out = decimate({ x, y }, 500);
    expect(out.x.length).toBeLessThanOrEqual(2_500);
    expect(Math.max(...out.y)).toBe(99);
    expect(Math.min(...out.y)).toBe(-99);
    expect(out.x[out.y.indexOf(99)]).toBe(44_444);
    expect([...out.x].every((value, i) => i === 0 || value >= (out.x[i - 1] ?? 0))).toBe(true);
  });

  it("keeps a gap where values are not numbers", () => {
    const y = Float64Array.from({ length: 10_000 }, (_, i) => (i > 4_000 && i < 4_500 ? Number.NaN : 1));
    const out = decimate({ x: Float64Array.from(y, (_, i) => i), y }, 100);
    expect([...out.y].some(Number.isNaN)).toBe(true);
  });

  it("leaves short and vertical lines as they are", () => {
    const short = { x: Float64Array.of(0, 1), y: Float64Array.of(5, 6) };
    expect(decimate(short, 100)).toBe(short);
    const vertical = { x: new Float64Array(1_000), y: new Float64Array(1_000).fill(2) };
    expect(decimate(vertical, 10)).toBe(vertical);
  });
});

describe("CurvePoints", () => {
  it("drops pushed points that were fetched already and keeps new ones", () => {
    const curve = new CurvePoints(triples([1, 2, 3]));
    curve.append(triples([1, 2, 3, 4]).subarray(3));
    expect(curve.count).toBe(4);
    expect(curve.triples()[11]).toBe(4);
  });

  it("stays bounded over a long run and keeps its peak", () => {
    const curve = new CurvePoints(new Float64Array());
    for (let batch = 0; batch < 100; batch++) {
      const values = Array.from({ length: 1_000 }, (_, i) => (batch === 50 && i === 500 ? 1e6 : i % 7));
      curve.append(triples(values, (i) => batch * 1_000 + i));
    }
    expect(curve.count).toBeLessThanOrEqual(24_000);
    expect(Math.max(...toLine(curve, "step", 300).y)).toBe(1e6);
  });

  it("draws steps in order, times from zero, and infinities as gaps", () => {
    const curve = new CurvePoints(triples([1, Infinity, 3], (i) => [5, 1, 3][i] ?? 0));
    const line = toLine(curve, "step", 100);
    expect([...line.x]).toEqual([1, 3, 5]);
    expect([...line.y]).toEqual([Number.NaN, 3, 1]);
    expect([...toLine(curve, "time", 100).x]).toEqual([0, 0.01, 0.02]);
  });

  it("draws what is zoomed to, and one point beyond either end", () => {
    const curve = new CurvePoints(triples(Array.from({ length: 100 }, (_, i) => i)));
    expect([...toLine(curve, "step", 100, [10, 12]).x]).toEqual([9, 10, 11, 12, 13]);
  });
});

describe("CurveStore", () => {
  it("keeps points that were pushed while a fetch was under way", () => {
    const store = new CurveStore();
    store.beginFetch();
    store.append([{ runId: "r", key: "loss", points: triples([1, 2, 3]).subarray(6) }]);
    store.endFetch([{ runId: "r", key: "loss", points: triples([1, 2]) }]);
    expect(store.of("loss").get("r")?.count).toBe(3);
  });

  it("puts metrics in sections by what stands before the last slash", () => {
    expect(bySection(["loss", "train/loss", "train/lr", "a/b/c"])).toEqual([
      { name: "", keys: ["loss"] },
      { name: "a/b", keys: ["a/b/c"] },
      { name: "train", keys: ["train/loss", "train/lr"] },
    ]);
  });
});
