import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertRules, findingsOfEnd, RunMonitor } from "../../../src/core/alerts/index.ts";
import { goalOf, matchesMetric } from "../../../src/core/alerts/rules.ts";
import { describeDuration, parseDuration } from "../../../src/shared/duration.ts";
import type { Run, RunStatus } from "../../../src/shared/tracking.ts";

const point = (key: string, value: number, step = 0) => ({ key, value, step, timestamp: step * 1000 });
const kinds = (findings: { rule: { on: string }; metric: string }[]) =>
  findings.map(({ rule, metric }) => `${rule.on} ${metric}`.trim());

describe("rules", () => {
  it("are quiet by default", () => {
    const rules = alertRules(undefined);
    expect(rules.map(({ on, after }) => [on, after])).toEqual([
      ["finished", 600_000],
      ["failed", 0],
      ["nan", 0],
    ]);
  });

  it("of the project stand in for the default ones of their kind", () => {
    const rules = alertRules({
      "loss-nan": { on: "nan", metric: "loss*" },
      slow: { on: "silent", after: "1h30m", cooldown: "0s", webhook: "HOOK" },
      never: { on: "finished", enabled: false },
    });
    expect(rules.map(({ name, on }) => [name, on])).toEqual([
      ["loss-nan", "nan"],
      ["slow", "silent"],
      ["failed", "failed"],
    ]);
    expect(rules[1]).toMatchObject({ after: 5_400_000, cooldown: 0, webhook: "HOOK" });
  });

  it("match metrics as a regular expression would", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "/", "."), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 8 });
    fc.assert(
      fc.property(pattern, name, (wanted, key) => {
        const source = wanted
          .split("*")
          .map((part) => part.replace(/[.]/g, "\\."))
          .join(".*");
        expect(matchesMetric(wanted, key)).toBe(new RegExp(`^${source}$`).test(key));
      }),
      { numRuns: 2000 },
    );
  });

  it("know which way a metric is meant to go", () => {
    const [rule] = alertRules({ a: { on: "plateau" } });
    if (!rule) throw new Error("no rule");
    for (const name of ["accuracy", "val_acc", "val/F1", "map50", "test_auc", "eval/reward"])
      expect(goalOf(rule, name), name).toBe("max");
    for (const name of ["loss", "val_loss", "rmse", "train/error", "whatever", "f1_loss"])
      expect(goalOf(rule, name), name).toBe("min");
    expect(goalOf({ ...rule, goal: "max" }, "loss")).toBe("max");
  });
});

describe("a run under way", () => {
  it("is told of once for each metric that is no number", () => {
    const monitor = new RunMonitor(alertRules(undefined), 0);
    expect(monitor.points([point("loss", 1)], 0)).toEqual([]);
    const found = monitor.points(
      [point("loss", NaN, 7), point("acc", Infinity, 7), point("loss", NaN, 8)],
      0,
    );
    expect(kinds(found)).toEqual(["nan loss", "nan acc"]);
    expect(found[0]?.message).toBe("loss became NaN at step 7.");
    expect(monitor.points([point("loss", NaN, 9)], 0)).toEqual([]);
  });

  it("goes by the rules whose metrics it logs, each for itself", () => {
    const monitor = new RunMonitor(
      alertRules({ a: { on: "nan", metric: "train/*" }, b: { on: "plateau", points: 2, metric: "val/*" } }),
      0,
    );
    const flat = Array.from({ length: 4 }, (_, step) => point("val/loss", 1, step));
    expect(kinds(monitor.points([...flat, point("val/loss", NaN), point("train/loss", NaN)], 0))).toEqual([
      "plateau val/loss",
      "nan train/loss",
    ]);
  });

  it("that says nothing is told of once; system metrics are not its own voice", () => {
    const monitor = new RunMonitor(alertRules({ slow: { on: "silent", after: "10m" } }), 0);
    const minute = 60_000;
    monitor.heard(5 * minute);
    expect(monitor.tick(14 * minute)).toEqual([]);
    monitor.points([point("system/cpu_utilization_percentage", 3)], 14 * minute);
    expect(monitor.tick(15 * minute).map(({ message }) => message)).toEqual([
      "Nothing was logged for 10 min.",
    ]);
    expect(monitor.tick(99 * minute)).toEqual([]);
  });

  it("that may be long gone is not told of for its silence", () => {
    const monitor = new RunMonitor(alertRules({ slow: { on: "silent", after: "10m" } }), undefined);
    expect(monitor.tick(1e9)).toEqual([]);
    monitor.points([point("loss", 1)], 1e9);
    expect(monitor.tick(1e9 + 600_000)).toHaveLength(1);
  });
});

describe("the end of a run", () => {
  const ended = (status: RunStatus, ms: number, tags: Record<string, string> = {}): Run => ({
    info: {
      ...{ runId: "me", runName: "me", experimentId: "0", userId: "", status, startTime: 1000 },
      ...{ endTime: 1000 + ms, artifactUri: "", lifecycleStage: "active" },
    },
    data: { metrics: [], params: [], tags: Object.entries(tags).map(([key, value]) => ({ key, value })) },
    inputs: { datasetInputs: [], modelInputs: [] },
    outputs: { modelOutputs: [] },
  });
  const messages = (run: Run, config?: Parameters<typeof alertRules>[0], best: [string, number][] = []) =>
    findingsOfEnd(alertRules(config), run, () =>
      best.map(([runId, value]) => ({ runId, runName: `run ${runId}`, value })),
    ).map(({ message }) => message);

  it("is told of when it took long, or failed; not when the user stopped it", () => {
    expect(messages(ended("FINISHED", 599_999))).toEqual([]);
    expect(messages(ended("FINISHED", 600_000))).toEqual(["Finished after 10 min."]);
    expect(messages(ended("FAILED", 3000, { "cairn.exitCode": "3" }))).toEqual([
      "Failed after 3 s: exit code 3.",
    ]);
    expect(messages(ended("FAILED", 3000, { "cairn.endReason": "signal SIGKILL" }))).toEqual([
      "Failed after 3 s: signal SIGKILL.",
    ]);
    expect(messages(ended("KILLED", 3000, { "cairn.endReason": "stopped" }))).toEqual([]);
    expect(messages(ended("KILLED", 3000))).toEqual(["Was killed after 3 s."]);
  });

  it("is compared with the best run before it", () => {
    const rule = (tolerance?: number) => ({ w: { on: "worse" as const, metric: "acc", tolerance } });
    const run = ended("FINISHED", 1000);
    expect(
      messages(run, rule(), [
        ["me", 0.8],
        ["a", 0.7],
        ["b", 0.9],
      ]),
    ).toEqual(["acc was 0.8 at its best, worse than 0.9 of run b."]);
    expect(
      messages(run, rule(0.2), [
        ["me", 0.8],
        ["b", 0.9],
      ]),
    ).toEqual([]);
    expect(
      messages(run, rule(), [
        ["me", 0.9],
        ["b", 0.9],
      ]),
    ).toEqual([]);
    expect(messages(run, rule(), [["me", 0.8]])).toEqual([]);
    expect(messages(run, rule(), [["b", 0.8]])).toEqual([]);
    expect(
      messages(run, rule(), [
        ["me", 0.8],
        ["b", Infinity],
      ]),
    ).toEqual([]);
  });
});

describe("lengths of time", () => {
  it.each([
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    [" 30d ", 2_592_000_000],
    ["1.5s", 1500],
    ["250ms", 250],
    ["0s", 0],
  ])("%s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", " ", "10", "m", "10 minutes", "-1m", "1m!", "1e3s", "10mm", `${"9".repeat(30)}d`])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it("any text is a length of time or none", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.msdh ") }), (text) => {
        const value = parseDuration(text);
        if (value !== undefined) expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("are said in one unit", () => {
    expect([0, 1999, 119_999, 120_000, 7_199_999, 7_200_000, 172_800_000].map(describeDuration)).toEqual([
      "0 s",
      "2 s",
      "120 s",
      "2 min",
      "120 min",
      "2 h",
      "2 days",
    ]);
  });
});
