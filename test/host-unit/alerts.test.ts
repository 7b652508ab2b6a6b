import { describe, expect, test } from "vitest";
import { canMute, iconOf, isWanted, noticeText, severityOf } from "../../src/host/alerts/alertText.ts";
import { dueByAge, sizeAndShare } from "../../src/host/disk/diskItems.ts";
import { ownTracking } from "../../src/host/terminals/ownTracking.ts";
import { type Alert, ALERT_KINDS } from "../../src/shared/alerts.ts";

const alert: Alert = {
  ...{ id: 1, runId: "r", runName: "try", experimentId: "0", kind: "nan", rule: "nan" },
  ...{ message: "loss became NaN at step 3.", time: 0, acknowledged: false, quiet: false },
};

describe("alerts", () => {
  test("the setting decides what is shown unasked", () => {
    const shown = (setting: "all" | "problems" | "off") =>
      ALERT_KINDS.filter((kind) => isWanted(kind, setting));
    expect(shown("all")).toEqual([...ALERT_KINDS]);
    expect(shown("problems")).toEqual(ALERT_KINDS.filter((kind) => kind !== "finished"));
    expect(shown("off")).toEqual([]);
  });

  test("a run that has ended is not offered to be muted", () => {
    expect(ALERT_KINDS.filter((kind) => !canMute(kind))).toEqual(["finished", "failed", "worse"]);
  });

  test("each kind has its severity and icon", () => {
    expect(ALERT_KINDS.map(severityOf)).toContain("error");
    for (const kind of ALERT_KINDS) expect(iconOf(kind)).toMatch(/^[a-z-]+$/);
  });

  test("a name with a link in it stays text", () => {
    expect(noticeText(alert)).toBe("try: loss became NaN at step 3.");
    const runName = "[free GPUs](command:workbench.action.terminal.sendSequence)";
    expect(noticeText({ ...alert, runName })).not.toContain("](");
    expect(noticeText({ ...alert, runName: "x".repeat(8000) }).length).toBeLessThanOrEqual(500);
  });
});

describe("a tracking server of the user's own", () => {
  const none = { process: {}, settings: undefined, dotEnv: "" };

  test("is found wherever it may be named", () => {
    expect(ownTracking(none)).toBeUndefined();
    expect(ownTracking({ ...none, process: { MLFLOW_TRACKING_URI: "http://own" } })).toBe("the environment");
    expect(ownTracking({ ...none, settings: { MLFLOW_TRACKING_URI: "http://own" } })).toBe(
      "the terminal settings",
    );
    expect(ownTracking({ ...none, dotEnv: "A=1\nexport MLFLOW_TRACKING_URI='http://own'\n" })).toBe(".env");
  });

  test("is none where the name is commented out, empty, or was set by Cairn", () => {
    expect(
      ownTracking({ ...none, dotEnv: "# MLFLOW_TRACKING_URI=http://own\nMLFLOW_TRACKING_URI=\n" }),
    ).toBeUndefined();
    expect(ownTracking({ ...none, settings: { MLFLOW_TRACKING_URI: null } })).toBeUndefined();
    const process = { MLFLOW_TRACKING_URI: "http://127.0.0.1:18000", CAIRN_PROJECT: "/other" };
    expect(ownTracking({ ...none, process })).toBeUndefined();
  });
});

describe("disk use", () => {
  const day = 24 * 3600_000;
  const run = (daysAgo: number, bytes: number) => ({
    ...{ runId: "r", name: "r", experimentId: "0", artifacts: bytes, console: 0, bytes, points: 0 },
    deletedTime: 1000 * day - daysAgo * day,
  });

  test("what can be cleaned up is offered by age, each only once", () => {
    expect(dueByAge({ deleted: [] }, 1000 * day)).toEqual([]);
    expect(dueByAge({ deleted: [run(100, 1), run(40, 2), run(1, 4)] }, 1000 * day)).toEqual([
      { days: 90, runs: 1, bytes: 1 },
      { days: 30, runs: 2, bytes: 3 },
      { days: 0, runs: 3, bytes: 7 },
    ]);
  });

  test("sizes come with their share", () => {
    expect(sizeAndShare(500, 1000)).toBe("500 B · 50 %");
    expect(sizeAndShare(1, 1000)).toBe("1 B · < 1 %");
    expect(sizeAndShare(0, 1000)).toBe("0 B");
    expect(sizeAndShare(0, 0)).toBe("0 B");
  });
});
