import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatRelative,
  metricNumber,
} from "../../webview/shared/format.ts";

describe("formatNumber", () => {
  it.each([
    [0.123456, "0.1235"],
    [1234.5678, "1235"],
    [0.5, "0.5"],
    [100, "100"],
    [-0.25, "−0.25"],
    [1e-7, "1e−7"],
    [123456789012, "1.235e11"],
    [0, "0"],
    [Number.NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ])("%d is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("keeps a column of values in line", () => {
    expect(formatNumber(0.5, 4, true)).toBe("0.5000");
  });
});

describe("metricNumber", () => {
  it.each([
    ["NaN", Number.NaN],
    ["Infinity", Infinity],
    ["-Infinity", -Infinity],
    [1.5, 1.5],
    [null, null],
  ])("reads %s", (cell, value) => {
    expect(metricNumber(cell)).toEqual(value);
  });
});

describe("times and sizes", () => {
  it("says how long and how long ago", () => {
    expect(formatDuration(3_210)).toBe("3.2 s");
    expect(formatDuration(245_000)).toBe("4m 05s");
    expect(formatDuration(7_620_000)).toBe("2h 07m");
    expect(formatRelative(0, 59_000)).toBe("now");
    expect(formatRelative(0, 3_600_000 * 5)).toBe("5 h ago");
    expect(formatRelative(0, 86_400_000 * 400)).toBe("1970-01-01");
  });

  it("says how large", () => {
    expect(formatBytes(812)).toBe("812 B");
    expect(formatBytes(48_234_496)).toBe("46.0 MB");
  });
});
