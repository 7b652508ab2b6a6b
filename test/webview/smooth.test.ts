// @vitest-environment node
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smooth } from "../../webview/shared/plot/smooth.ts";
import { pythonOf } from "../peers/env.ts";

/** The debiased moving average by pandas: weights wⁱ over their sum; what is no number does not count. */
const REFERENCE = `
import json, sys
import pandas as pd
for line in sys.stdin:
    case = json.loads(line)
    values = pd.Series([float("nan") if value is None else value for value in case["values"]], dtype="float64")
    mean = values.ewm(alpha=1 - case["weight"], adjust=True, ignore_na=True).mean()
    print(json.dumps([None if pd.isna(raw) else value for raw, value in zip(values, mean)]))
`;

function noisy(count: number, seed: number): (number | null)[] {
  return Array.from({ length: count }, (_, i) =>
    (i + seed) % 17 === 5 ? null : Math.exp(-i / 40) + ((((i + seed) * 1_299_709) % 1009) / 1009 - 0.5) * 0.3,
  );
}

describe("smoothing", () => {
  it("gives what pandas gives for the same formula", async () => {
    const cases = [0.1, 0.6, 0.9, 0.99, 0.999].flatMap((weight, i) => [
      { weight, values: noisy(200, i) },
      { weight, values: [3, 1, 4, 1, 5, 9, 2, 6] },
    ]);
    const input = cases.map((each) => JSON.stringify(each)).join("\n");
    const output = execFileSync(await pythonOf("tracking"), ["-c", REFERENCE], { input, encoding: "utf8" });
    const expected = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as (number | null)[]);
    cases.forEach(({ weight, values }, i) => {
      const got = smooth(
        Float64Array.from(values, (value) => value ?? Number.NaN),
        weight,
      );
      expect(got).toHaveLength(values.length);
      got.forEach((value, k) => {
        const wanted = expected[i]?.[k];
        if (wanted === null) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(wanted ?? Number.NaN, 9);
      });
    });
  }, 300_000);

  it("leaves a constant curve, its gaps and an unsmoothed curve as they are", () => {
    const constant = new Float64Array(100).fill(0.1);
    expect(smooth(constant, 0.9)).toEqual(constant);
    const curve = Float64Array.of(1, Infinity, 3, Number.NaN, 5);
    expect(smooth(curve, 0)).toEqual(curve);
    const out = smooth(curve, 0.5);
    expect(out[1]).toBe(Infinity);
    expect(out[3]).toBeNaN();
    expect(out[0]).toBe(1);
  });

  it("stays between the smallest and the largest value so far", () => {
    const finite = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (values, weight) => {
          const out = smooth(Float64Array.from(values), weight);
          let [low, high] = [Infinity, -Infinity];
          values.forEach((value, i) => {
            low = Math.min(low, value);
            high = Math.max(high, value);
            const room = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
            expect(out[i]).toBeGreaterThanOrEqual(low - room);
            expect(out[i]).toBeLessThanOrEqual(high + room);
          });
        },
      ),
    );
  });
});
