import { expect, test } from "vitest";
import { describeRun, escapeMarkdown, runTooltip } from "../../src/host/tree/describeRun.ts";
import { formatDuration } from "../../src/shared/duration.ts";
import { formatValue } from "../../src/host/format.ts";
import { headlineMetric } from "../../src/host/headlineMetric.ts";
import { statusText } from "../../src/host/statusText.ts";
import { aRun, english } from "./runs.ts";

test("a finished run shows its headline metric and how long it took", () => {
  expect(describeRun(aRun("a", {}, { loss: 0.1234567, val_accuracy: 0.97 }), english)).toBe(
    "0.97 val_accuracy · 1m 00s",
  );
});

test("a run that did not finish says so in words", () => {
  expect(describeRun(aRun("a", { status: "FAILED" }), english)).toBe("failed · 1m 00s");
  expect(describeRun(aRun("a", { status: "KILLED" }), english)).toBe("stopped · 1m 00s");
  expect(describeRun(aRun("a", { status: "RUNNING", endTime: null }, { loss: 2 }), english)).toBe("2 loss");
});

test("a metric of the machine never stands for a run that has one of its own", () => {
  expect(headlineMetric(["system/cpu", "steps"])).toBe("steps");
  expect(headlineMetric(["system/cpu"])).toBeUndefined();
  expect(headlineMetric(["train_loss", "val_loss"])).toBe("val_loss");
});

test("a name, a value or a note cannot format or link in the tooltip", () => {
  const hostile = "[x](command:evil) <b> | `q` $(trash)";
  const text = runTooltip(aRun("a", { name: hostile, note: hostile }, { [hostile]: 1 }), 0, english);
  expect(text).not.toMatch(/[^\\]\[x[^\\]\]/);
  expect(text).not.toContain("<b>");
  expect(text).not.toContain("[x](command");
  expect(escapeMarkdown("a|b\nc")).toBe("a\\|b c");
});

test("a long list of metrics is cut and says so", () => {
  const metrics = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`m${i}`, i]));
  expect(runTooltip(aRun("a", {}, metrics), 0, english)).toContain("and 28 more");
});

test("values keep four digits and say what is not finite", () => {
  expect([0.123456, 3, 1e-7, 12345678.9, -0.00004].map(formatValue)).toEqual([
    ...["0.1235", "3", "1.00e-7", "1.23e+7", "-4.00e-5"],
  ]);
  expect([Number.NaN, Number.POSITIVE_INFINITY, "NaN"].map(formatValue)).toEqual(["NaN", "Infinity", "NaN"]);
});

test("durations use their two largest units, and none is negative", () => {
  const lengths = [-5, 1500, 59_900, 61_000, 3_600_000, 90_000_000];
  expect(lengths.map(formatDuration)).toEqual(["0.0 s", "1.5 s", "59 s", "1m 01s", "1h 00m", "25h 00m"]);
});

test("the status bar names the newest run and counts the others", () => {
  const older = { name: "older", startTime: 0, metrics: new Map() };
  const newer = { name: "$(bug) newer", startTime: 1000, metrics: new Map([["acc", 0.5]]) };
  expect(statusText([], 0)).toBe("");
  expect(statusText([older, newer], 13_000)).toBe("$(sync~spin) $ (bug) newer · acc 0.5 · 12 s (+1)");
});
