import { CairnError } from "../../../src/shared/errors.ts";
import { DEFAULT_LAYOUT, type RunsPanelState } from "../../../src/shared/runs/api.ts";
import { answerCharts, chartsHost, type ChartOptions } from "./chartsHost.ts";
import type { FakeHost, Scenario } from "./fakeHost.ts";
import type { RunTable } from "../../../src/shared/protocol.ts";
import { dataOf, makeTable } from "./generate.ts";
import { never } from "./never.ts";

interface RunsOptions extends ChartOptions {
  runs?: number;
  columns?: number;
  state?: Partial<RunsPanelState>;
  /** Runs beyond those that are listed, which only a filter finds. */
  older?: number;
}

/** As much of MLflow's grammar as the tests ask for: one comparison of `metrics.accuracy`. */
function find(filter: string, { rows }: RunTable): string[] {
  const limit = /^metrics\.accuracy > ([\d.]+)$/.exec(filter.trim())?.[1];
  if (limit === undefined) {
    throw new CairnError("invalid", `Invalid clause in the filter "${filter}".`, {
      hint: "Clauses are written as  metrics.NAME > 0.9.",
    });
  }
  return rows.filter(({ metrics: [accuracy] }) => Number(accuracy) > Number(limit)).map(({ runId }) => runId);
}

/** Scenarios: normal, empty, loading, error, disconnected, lost (the engine answers only once). */
export function runsHost({ name, options }: Scenario): FakeHost {
  const { runs = 40, columns = 0, state, older = 0 } = options as RunsOptions;
  const all = makeTable(name === "empty" ? 0 : runs + older, columns);
  const table = { ...all, rows: all.rows.slice(0, all.rows.length - older), truncated: older > 0 };
  const charts = chartsHost(
    table.rows.map((row) => row.runId),
    options,
  );
  const kept: RunsPanelState = {
    project: "file:///home/mira/turbines",
    experimentIds: ["1"],
    title: "turbines",
    selected: [],
    textFilter: "",
    sort: null,
    split: 0.5,
    layout: DEFAULT_LAYOUT,
    side: "charts",
    compareDiffering: true,
    ...state,
  };
  return {
    answer(method, params) {
      if (method === "init") {
        if (name === "loading") return never;
        if (name === "error")
          throw new CairnError("unavailable", "The engine did not start.", {
            hint: "Its log says why: run Cairn: Show Health and open it.",
          });
        return { state: kept, ...dataOf(table) };
      }
      if (method === "search") {
        const runIds = find((params as { filter: string }).filter, all);
        const beyond = all.rows.slice(table.rows.length).filter(({ runId }) => runIds.includes(runId));
        const found = { runIds, truncated: false };
        if (beyond.length === 0) return found;
        const { colors } = dataOf(all);
        // Columns of their own, in another order.
        const metricKeys = all.metricKeys.toReversed();
        const rows = beyond.map((row) => ({ ...row, metrics: row.metrics.toReversed() }));
        return { ...found, older: { table: { ...all, metricKeys, rows }, colors } };
      }
      if (method === "details" && name === "lost")
        throw new CairnError("unavailable", "The engine does not answer.");
      if (method === "details") return { note: "The first line.\nThe second line.", tags: [] };
      return answerCharts(charts, method, params);
    },
    ready(notify) {
      if (name === "disconnected")
        setTimeout(() => {
          notify("connection", {
            connected: false,
            message: "The engine has stopped. Trying to reach it again…",
          });
        }, 50);
    },
  };
}
