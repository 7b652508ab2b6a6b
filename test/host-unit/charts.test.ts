import { execFileSync } from "node:child_process";
import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import { chartSettings } from "../../src/host/panels/chartSettings.ts";
import { runState } from "../../src/host/panels/parsers.ts";
import { POINT_HEAD, pointRows } from "../../src/host/runs/pointRows.ts";
import { DEFAULT_CHARTS } from "../../src/shared/charts.ts";
import { pythonOf } from "../peers/env.ts";

const READ = `
import sys, io, math
import pandas as pd
table = pd.read_csv(io.StringIO(sys.stdin.read()))
for row in table.itertuples():
    print(row.run_name, row.step, row.timestamp_ms, "nan" if math.isnan(row.value) else repr(float(row.value)), sep="|")
`;

describe("points that are saved", () => {
  it("are read by pandas as they were logged", async () => {
    const values = [0.1, Number.NaN, Infinity, -Infinity, 5e-324, -1.7976931348623157e308];
    const points = values.map((value, step) => ({
      key: "m",
      value,
      step,
      timestamp: 1_700_000_000_000 + step,
    }));
    const input = POINT_HEAD + pointRows("r1", 'a "b", c', points);
    const output = execFileSync(await pythonOf("tracking"), ["-c", READ], { input, encoding: "utf8" });
    const read = output
      .trim()
      .split("\n")
      .map((line) => line.split("|"));
    expect(read.map(([name]) => name)).toEqual(values.map(() => 'a "b", c'));
    expect(read.map(([, step, time]) => [Number(step), Number(time)])).toEqual(
      points.map(({ step, timestamp }) => [step, timestamp]),
    );
    const numbers: Record<string, number> = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN };
    expect(read.map(([, , , value = ""]) => numbers[value] ?? Number(value))).toEqual(values);
  }, 300_000);
});

describe("settings of charts", () => {
  it("are taken as they are kept, and not when they are spoilt", () => {
    const own = { loss: { logY: true }, "val/loss": { smoothing: 0.9, x: "wall" as const } };
    const settings = { ...DEFAULT_CHARTS, own, pinned: ["loss"] };
    expect(z.safeParse(chartSettings, JSON.parse(JSON.stringify(settings))).data).toEqual(settings);
    expect(z.safeParse(chartSettings, { ...settings, smoothing: 1 }).success).toBe(false);
    expect(z.safeParse(chartSettings, { ...settings, own: { loss: { x: "date" } } }).success).toBe(false);
  });

  it("do not cost a panel its other state when they are spoilt", () => {
    const state = { project: "p", runId: "r", title: "t", tab: "metrics", charts: { x: "date" } };
    expect(z.safeParse(runState, state).data).toEqual({ ...state, charts: undefined });
  });
});
