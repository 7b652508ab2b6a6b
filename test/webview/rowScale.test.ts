import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_HEIGHT, RowScale } from "../../webview/shared/grid/rowScale.ts";

describe("RowScale", () => {
  it("is the scrollbar itself where all rows fit", () => {
    const scale = new RowScale(22 * 10_000, 500);
    expect([scale.height, scale.scaled]).toEqual([220_000, false]);
    expect([scale.toPlace(777), scale.toBar(777), scale.clamp(1e9)]).toEqual([777, 777, 219_500]);
    expect(new RowScale(100, 500).clamp(50)).toBe(0);
  });

  it("reaches every place of any number of rows, in order, and back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 800_000, max: 10_000_000_000 }),
        fc.integer({ min: 20, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, view, a, b) => {
          const total = rows * 22;
          const scale = new RowScale(total, view);
          expect(scale.height).toBeLessThanOrEqual(MAX_HEIGHT);
          const last = total - view;
          const lastBar = scale.height - view;
          expect([scale.toPlace(0), scale.toPlace(lastBar)]).toEqual([0, last]);
          const [low = 0, high = 0] = [a * last, b * last].sort((x, y) => x - y);
          expect(scale.toBar(low)).toBeLessThanOrEqual(scale.toBar(high));
          expect(Math.abs(scale.toPlace(scale.toBar(high)) - high)).toBeLessThan(1);
          // The wheel gets to both ends.
          expect(scale.toPlace(100)).toBe(100);
          expect(last - scale.toPlace(lastBar - 100)).toBeCloseTo(100, 3);
        },
      ),
    );
  });
});
