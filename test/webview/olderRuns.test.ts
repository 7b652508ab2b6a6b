import { expect, it } from "vitest";
import type { RunRow, RunTable } from "../../src/shared/protocol.ts";
import type { RunsPanelData } from "../../src/shared/runs/api.ts";
import { withOlder } from "../../webview/runs/olderRuns.ts";

const row = (runId: string, cells: Partial<RunRow>): RunRow => ({
  ...{ runId, name: runId, experimentId: "1", status: "FINISHED", deleted: false, startTime: 0, endTime: 1 },
  ...{ user: "mira", source: "", starred: false, metrics: [], params: [], tags: [], launched: false },
  ...cells,
});
const table = (rows: RunRow[], keys: Partial<RunTable>): RunTable => ({
  ...{ metricKeys: [], paramKeys: [], tagKeys: [], truncated: true, rows },
  ...keys,
});
const data: RunsPanelData = {
  table: table([row("new", { metrics: [1, 2], params: ["x"] })], {
    metricKeys: ["a", "c"],
    paramKeys: ["p"],
  }),
  ...{ colors: { new: "#111111" }, experiments: { "1": "e" }, palette: [] },
};

it("runs that were found beside the listed ones keep their values under columns of another order", () => {
  const older = {
    table: table(
      [
        row("new", { metrics: [9] }),
        row("old", { metrics: [7, null, 8], params: ["q0", "p0"], tags: ["t"] }),
        row("bare", {}),
      ],
      { metricKeys: ["b", "x", "c"], paramKeys: ["q", "p"], tagKeys: ["team"] },
    ),
    colors: { new: "#999999", old: "#222222" },
  };
  const { table: all, colors } = withOlder(data, older);
  expect(all.metricKeys).toEqual(["a", "c", "b", "x"]);
  expect(all.paramKeys).toEqual(["p", "q"]);
  expect(all.tagKeys).toEqual(["team"]);
  expect(all.rows.map(({ runId, metrics, params, tags }) => ({ runId, metrics, params, tags }))).toEqual([
    { runId: "new", metrics: [1, 2], params: ["x"], tags: [] },
    { runId: "old", metrics: [null, 8, 7, null], params: ["p0", "q0"], tags: ["t"] },
    { runId: "bare", metrics: [], params: [], tags: [] },
  ]);
  expect(colors).toEqual({ new: "#111111", old: "#222222" });
  expect(all.truncated).toBe(true);
});

it("nothing changes where all that was found is listed", () => {
  expect(withOlder(data, undefined)).toBe(data);
  expect(withOlder(data, { table: data.table, colors: {} })).toBe(data);
});
