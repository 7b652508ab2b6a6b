import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diverging } from "../../../src/core/alerts/detectors/diverging.ts";
import { GpuIdle } from "../../../src/core/alerts/detectors/gpuIdle.ts";
import { NonFinite } from "../../../src/core/alerts/detectors/nonFinite.ts";
import { Plateau } from "../../../src/core/alerts/detectors/plateau.ts";
import type { Detector } from "../../../src/core/alerts/types.ts";
import { curves, noise, random } from "./curves.ts";

const diverging = () => new Diverging({ points: 10, tolerance: 0.5 }, "min");
const plateau = () => new Plateau({ points: 100, tolerance: 0.01 }, "min");

/** The step at which the detector speaks; undefined when it never does. */
function alarmAt(detector: Detector, values: Iterable<number>): number | undefined {
  let step = 0;
  for (const value of values) {
    if (detector.add({ key: "loss", value, step, timestamp: step }) !== undefined) return step;
    step++;
  }
  return undefined;
}

const POINTS = 3000;
const SEEDS = process.env.CAIRN_LONG ? 2000 : 100;

describe("false alarms over simulated training curves", () => {
  it.each(Object.keys(curves))("at most one in a hundred that says diverging: %s", (name) => {
    let alarms = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const values = Array.from({ length: POINTS }, curves[name]?.(seed) ?? (() => 0));
      if (alarmAt(diverging(), values) !== undefined) alarms++;
    }
    // Measured over 2,000 curves each: 10 with the noise that remembers, 7 with the zeros, none with the others.
    expect(alarms / SEEDS).toBeLessThanOrEqual(0.01);
  });

  it.each([0, 0.02, 0.1, 0.3])("few plateaus while a curve falls by 3 percent a block, noise %f", (level) => {
    let alarms = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const normal = noise(seed);
      const values = Array.from({ length: POINTS }, (_, t) => 2 * 0.97 ** (t / 100) * (1 + level * normal()));
      if (alarmAt(plateau(), values) !== undefined) alarms++;
    }
    expect(alarms / 200).toBeLessThanOrEqual(0.02);
  });
});

describe("what is to be found is found", () => {
  it.each([0, 0.05, 0.2])("a loss that explodes after its best, noise %f", (level) => {
    for (let seed = 1; seed <= 40; seed++) {
      const normal = noise(seed);
      const values = Array.from({ length: 1000 }, (_, t) => {
        const base = t < 400 ? 2 * Math.exp(-t / 150) + 0.2 : 0.34 * Math.exp((t - 400) / 60);
        return base * (1 + level * normal());
      });
      const at = alarmAt(diverging(), values);
      expect(at).toBeGreaterThan(400);
      expect(at).toBeLessThan(620);
    }
  });

  it("an accuracy that collapses", () => {
    const normal = noise(7);
    const detector = new Diverging({ points: 10, tolerance: 0.5 }, "max");
    const values = Array.from({ length: 600 }, (_, t) => (t < 300 ? 0.9 : 0.1) + 0.02 * normal());
    const at = alarmAt(detector, values);
    expect(at).toBeGreaterThanOrEqual(300);
    expect(at).toBeLessThan(330);
  });

  it.each([0, 0.01, 0.05, 0.2])("a curve that stays where it is, noise %f", (level) => {
    for (let seed = 1; seed <= 40; seed++) {
      const normal = noise(seed);
      const values = (function* () {
        for (let i = 0; i < 200_000; i++) yield 0.5 * (1 + level * normal());
      })();
      // The standard error must come below a third of the tolerance: so many points the noise costs.
      expect(alarmAt(plateau(), values)).toBeLessThan(Math.max(200, 30 * (3 * level * 100) ** 2 + 200));
    }
  });

  it("an accuracy that no longer rises, and not one that does", () => {
    const rising = () => new Plateau({ points: 50, tolerance: 0.01 }, "max");
    expect(
      alarmAt(
        rising(),
        Array.from({ length: 100 }, () => 0.8),
      ),
    ).toBe(99);
    expect(
      alarmAt(
        rising(),
        Array.from({ length: 1000 }, (_, t) => 0.1 + t / 2000),
      ),
    ).toBeUndefined();
  });
});

describe("properties", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 400 });

  it("scaling and mirroring a curve with its goal changes no verdict", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -8, max: 8 }), (list, power) => {
        const factor = 2 ** power;
        for (const make of [
          (goal: "min" | "max") => new Diverging({ points: 3, tolerance: 0.1 }, goal),
          (goal: "min" | "max") => new Plateau({ points: 5, tolerance: 0.01 }, goal),
        ]) {
          const verdict = alarmAt(make("min"), list);
          expect(
            alarmAt(
              make("min"),
              list.map((value) => value * factor),
            ),
          ).toBe(verdict);
          expect(
            alarmAt(
              make("max"),
              list.map((value) => -value),
            ),
          ).toBe(verdict);
        }
      }),
    );
  });

  it("values that are no numbers are the business of one rule alone", () => {
    fc.assert(
      fc.property(
        values,
        fc.constantFrom(Number.NaN, Infinity, -Infinity),
        fc.nat(),
        (list, wrong, place) => {
          const at = place % (list.length + 1);
          const spoilt = list.toSpliced(at, 0, wrong);
          expect(alarmAt(new NonFinite(), spoilt)).toBe(at);
          expect(alarmAt(new NonFinite(), list)).toBeUndefined();
          const clean = alarmAt(diverging(), list);
          expect(alarmAt(diverging(), spoilt)).toBe(clean === undefined || clean < at ? clean : clean + 1);
        },
      ),
    );
  });

  it("a curve that only falls never diverges, and one that only rises never gets better", () => {
    fc.assert(
      fc.property(values, (list) => {
        const falling = list.toSorted((a, b) => b - a);
        expect(alarmAt(new Diverging({ points: 1, tolerance: 0 }, "min"), falling)).toBeUndefined();
      }),
    );
  });
});

describe("an idle GPU", () => {
  const use = (list: [time: number, value: number, gpu?: number][]) => {
    const detector = new GpuIdle({ after: 60_000, below: 10 });
    return list.map(([time, value, gpu = 0]) =>
      detector.add({
        key: `system/gpu_${gpu}_utilization_percentage`,
        value,
        step: 0,
        timestamp: time * 1000,
      }),
    );
  };

  it("is told after the time, by the times of the points", () => {
    expect(
      use([
        [0, 90],
        [30, 2],
        [59, 2],
      ]),
    ).toEqual([undefined, undefined, undefined]);
    expect(
      use([
        [0, 90],
        [30, 2],
        [90, 2],
      ]).at(-1),
    ).toBe("The GPU has been used less than 10 % for 90 s.");
  });

  it("is none while another one works, or a point comes late", () => {
    expect(
      use([
        [0, 0],
        [30, 80, 1],
        [61, 0],
        [89, 0, 1],
      ]).every((each) => each === undefined),
    ).toBe(true);
    expect(
      use([
        [100, 50],
        [0, 0],
        [150, 0],
      ]).every((each) => each === undefined),
    ).toBe(true);
  });

  it("is not told on nothing but a value that is no number", () => {
    const values = Array.from({ length: 20 }, (_, i): [number, number] => [i * 30, Number.NaN]);
    expect(use(values).every((each) => each === undefined)).toBe(true);
  });
});

it("the simulation is the same every time", () => {
  const [a, b] = [random(5), random(5)];
  expect(Array.from({ length: 5 }, a)).toEqual(Array.from({ length: 5 }, b));
});
