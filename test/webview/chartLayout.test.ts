import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_CHARTS } from "../../src/shared/charts.ts";
import { durationTicks, logTicks, wallTicks, xRange, yRange } from "../../webview/shared/plot/axes.ts";
import { toBand } from "../../webview/shared/plot/groups.ts";
import type { Line } from "../../webview/shared/plot/line.ts";
import { readAt, stepFrom } from "../../webview/shared/plot/readout.ts";
import { PINNED, labelIn, toSections } from "../../webview/shared/plot/sections.ts";
import { HEAD, layoutSheet } from "../../webview/shared/plot/sheet.ts";
import { toTraces } from "../../webview/shared/plot/traces.ts";

function line(y: number[], x = y.map((_, i) => i)): Line {
  return {
    raw: { x: Float64Array.from(x), y: Float64Array.from(y) },
    smooth: undefined,
    points: new Float64Array(),
    marks: [],
    leftOut: false,
  };
}

const linear = { logY: false, ignoreOutliers: false };

describe("sections", () => {
  const settings = { pinned: ["val/loss", "gone"], hidden: ["train/lr"], toggled: [] };
  const keys = ["loss", "system/cpu", "train/a/b", "train/loss", "train/lr", "val/loss"];

  it("go by the first prefix: pins first, system last and closed", () => {
    const found = toSections(keys, settings);
    expect(found.map(({ name, keys, open }) => [name, keys, open])).toEqual([
      [PINNED, ["val/loss"], true],
      ["", ["loss"], true],
      ["train", ["train/a/b", "train/loss"], true],
      ["system", ["system/cpu"], false],
    ]);
    const [pinned, , train] = found;
    expect(pinned && labelIn(pinned, "val/loss")).toBe("val/loss");
    expect(train && labelIn(train, "train/a/b")).toBe("a/b");
  });

  it("are opened by a search, which looks for every word", () => {
    expect(toSections(keys, settings, { search: "SYS cpu" })).toMatchObject([{ name: "system", open: true }]);
    expect(toSections(keys, settings, { search: "sys loss" })).toEqual([]);
  });

  it("can be those of the system only, or all others", () => {
    expect(toSections(keys, settings, { only: "system" })).toMatchObject([{ name: "system", open: true }]);
    expect(toSections(keys, settings, { only: "other" }).map(({ name }) => name)).not.toContain("system");
  });
});

describe("a sheet", () => {
  it("gives only what is in view of 12,000 charts, each in its place", () => {
    const keys = Array.from({ length: 12_000 }, (_, i) => `layer/${i}`);
    const sections = toSections(keys, DEFAULT_CHARTS);
    const whole = layoutSheet(sections, 1000, "medium", 0, Infinity);
    const part = layoutSheet(sections, 1000, "medium", 50_000, 51_000);
    const cells = part.sections[0]?.cells ?? [];
    expect(cells.length).toBeLessThanOrEqual(21);
    expect(part.height).toBe(whole.height);
    const all = new Map(whole.sections[0]?.cells.map((cell) => [cell.key, cell]));
    for (const cell of cells) expect(all.get(cell.key)).toEqual(cell);
    expect(all.size).toBe(12_000);
  });

  it("leaves nothing out between two places, whatever the sections", () => {
    const property = fc.property(
      fc.array(fc.record({ count: fc.nat(30), open: fc.boolean() }), { maxLength: 8 }),
      fc.integer({ min: 100, max: 2_000 }),
      fc.nat(5_000),
      fc.nat(2_000),
      (shape, width, from, height) => {
        const sections = shape.map(({ count, open }, s) => ({
          ...{ name: `s${s}`, title: "", open },
          keys: Array.from({ length: count }, (_, i) => `s${s}/${i}`),
        }));
        const whole = layoutSheet(sections, width, "small", -1, Infinity);
        const part = layoutSheet(sections, width, "small", from, from + height);
        const keysIn = (sheet: typeof whole, top: number, bottom: number) =>
          sheet.sections.flatMap((placed) =>
            placed.cells
              .map((cell) => ({ key: cell.key, top: placed.top + cell.top }))
              .filter((cell) => cell.top < bottom && cell.top + 170 > top),
          );
        const shown = new Set(part.sections.flatMap(({ cells }) => cells.map(({ key }) => key)));
        for (const { key } of keysIn(whole, from, from + height)) expect(shown).toContain(key);
        for (const { section, height: size } of whole.sections) if (!section.open) expect(size).toBe(HEAD);
      },
    );
    fc.assert(property);
  });
});

describe("ranges", () => {
  it("hold everything that is drawn, with a margin", () => {
    const lines = [line([1, 5, Number.NaN]), line([3, 9], [10, 20])];
    expect(xRange(lines, false)).toEqual([0, 20]);
    const [low, high] = yRange(lines, [0, 20], linear);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(9);
    expect(yRange(lines, [0, 2], linear)[1]).toBeLessThan(6);
  });

  it("leave outliers out where that is wished", () => {
    const values = Array.from({ length: 100 }, (_, i) => (i === 50 ? 1e6 : i / 100));
    expect(yRange([line(values)], [0, 99], { logY: false, ignoreOutliers: true })[1]).toBeLessThan(2);
    expect(yRange([line(values)], [0, 99], linear)[1]).toBeGreaterThan(1e6);
  });

  it("have room around a constant, and are there without any point", () => {
    const [low, high] = yRange([line([5, 5])], [0, 1], linear);
    expect([low < 5, high > 5]).toEqual([true, true]);
    expect(yRange([line([0, 0])], [0, 1], linear)).toEqual([-1, 1]);
    expect(xRange([], false)).toEqual([0, 1]);
    expect(yRange([], [0, 1], { logY: true, ignoreOutliers: false })).toEqual([0.1, 1]);
    expect(xRange([line([1], [7])], false)).toEqual([6.5, 7.5]);
  });
});

describe("ticks", () => {
  it("of durations stand at round times", () => {
    expect(durationTicks([0, 300], 6).text).toEqual(["0", "1m", "2m", "3m", "4m", "5m"]);
    expect(durationTicks([0, 100_000], 5).text).toEqual(["0", "6h", "12h", "18h", "1d"]);
    expect(durationTicks([0, 0.5], 5).text).toEqual(["0", "0.1 s", "0.2 s", "0.3 s", "0.4 s", "0.5 s"]);
  });

  it("of the time of day name the day where it begins", () => {
    const start = new Date(2026, 4, 1, 22, 10).getTime();
    const { text } = wallTicks([start, start + 4 * 3600_000], 5);
    expect(text).toEqual(["23:00", "00:00<br>5-02", "01:00", "02:00"]);
  });

  it("of logarithmic axes are powers of ten, with more between where there are few", () => {
    expect(logTicks([1, 1000], 4).at).toEqual([1, 10, 100, 1000]);
    expect(logTicks([0.1, 10], 8).at).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
    expect(logTicks([1e-12, 1], 4).at.length).toBeLessThanOrEqual(5);
    expect(logTicks([2, 3], 5).at.length).toBeGreaterThan(2);
  });

  it("stay few and inside, whatever the range", () => {
    const size = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(size, size, (start, span) => {
        for (const ticks of [durationTicks, wallTicks, logTicks]) {
          const { at } = ticks([start, start + span], 6);
          expect(at.length).toBeLessThanOrEqual(24);
          for (const each of at) {
            expect(each).toBeGreaterThanOrEqual(start * (1 - 1e-9));
            expect(each).toBeLessThanOrEqual((start + span) * (1 + 1e-9));
          }
        }
      }),
    );
  });
});

describe("a band", () => {
  it("is the mean between lowest and highest of lines with different points", () => {
    const band = toBand([line([0, 4], [0, 4]).raw, line([2, 2, 2], [0, 2, 4]).raw], false);
    expect([...band.x]).toEqual([0, 2, 4]);
    expect([...band.mean]).toEqual([1, 2, 3]);
    expect([...band.low]).toEqual([0, 2, 2]);
    expect([...band.high]).toEqual([2, 2, 4]);
  });

  it("keeps peaks of long lines, skips gaps, and ends with the longest line", () => {
    const long = Array.from({ length: 5_000 }, (_, i) => (i === 1234 ? 50 : 1));
    const gap = Array.from({ length: 2_000 }, (_, i) => (i > 500 && i < 900 ? Number.NaN : 3));
    const band = toBand([line(long).raw, line(gap).raw], false);
    expect(Math.max(...band.high)).toBe(50);
    expect(band.x.at(-1)).toBe(4_999);
    expect(band.mean.at(-1)).toBe(1);
    expect([...band.mean].every((value) => !Number.isNaN(value))).toBe(true);
  });
});

describe("the crosshair", () => {
  const drawn = [
    { id: "a", name: "a", color: "#000000", line: line([1, 2, 3]) },
    { id: "b", name: "b", color: "#000000", line: line([9, 8], [0, 1]) },
    { id: "c", name: "c", color: "#000000", line: line([5, Number.NaN, 5]) },
  ];

  it("reads the nearest points, largest first, of curves that reach it", () => {
    expect(readAt(drawn, 0.2, 0.1).map(({ id, value }) => [id, value])).toEqual([
      ["b", 9],
      ["c", 5],
      ["a", 1],
    ]);
    expect(readAt(drawn, 2, 0.1).map(({ id }) => id)).toEqual(["c", "a"]);
    expect(readAt(drawn, 1, 0.1).at(-1)).toMatchObject({ id: "c", text: "NaN" });
  });

  it("steps from point to point", () => {
    expect(stepFrom(drawn, undefined, 1)).toBe(0);
    expect(stepFrom(drawn, 0, 1)).toBe(1);
    expect(stepFrom(drawn, 1, -10)).toBe(0);
    expect(stepFrom(drawn, 1, Infinity)).toBe(2);
    expect(stepFrom([], 1, 1)).toBeUndefined();
  });
});

describe("traces", () => {
  it("mark what is no number at the edges, and know whose they are", () => {
    const marks = [
      { x: 1, value: Number.NaN },
      { x: 2, value: Infinity },
      { x: 3, value: -Infinity },
    ];
    const { data, owners } = toTraces(
      [{ id: "a", name: "a", color: "#102030", line: { ...line([1, 2]), marks } }],
      [0, 10],
    );
    expect(owners).toEqual(["a", "a"]);
    expect(data[1]).toMatchObject({
      y: Float64Array.of(0, 10, 0),
      marker: { symbol: ["x-thin-open", "triangle-up", "triangle-down"] },
    });
  });

  it("draw the raw curve faint behind its average", () => {
    const smooth = { x: Float64Array.of(0, 1), y: Float64Array.of(1, 1.5) };
    const { data } = toTraces(
      [{ id: "a", name: "a", color: "#102030", line: { ...line([1, 2]), smooth } }],
      [0, 10],
    );
    expect(data).toMatchObject([{ opacity: 0.25 }, { y: Float64Array.of(1, 1.5) }]);
  });
});
