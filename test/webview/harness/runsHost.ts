import { CairnError } from "../../../src/shared/errors.ts";
import type { RunsPanelState } from "../../../src/shared/runs/api.ts";
import type { FakeHost, Scenario } from "./fakeHost.ts";
import { colorsOf, makeCurve, makeTable } from "./generate.ts";
import { never } from "./never.ts";

interface RunsOptions {
  runs?: number;
  columns?: number;
  points?: number;
  peak?: number;
  state?: Partial<RunsPanelState>;
}

const METRICS = ["accuracy", "loss", "train/loss", "train/lr", "val/accuracy", "val/loss"];

/** Scenarios: normal, empty, loading, error, disconnected. */
export function runsHost({ name, options }: Scenario): FakeHost {
  const { runs = 40, columns = 0, points = 400, peak, state } = options as RunsOptions;
  const table = makeTable(name === "empty" ? 0 : runs, columns);
  const kept: RunsPanelState = {
    project: "file:///home/mira/turbines",
    experimentIds: ["1"],
    title: "turbines",
    selected: [],
    textFilter: "",
    sort: null,
    split: 0.5,
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
        return { state: kept, table, colors: colorsOf(table) };
      }
      if (method !== "curves") return null;
      const { runIds } = params as { runIds: string[] };
      const curves = runIds.flatMap((runId, r) =>
        METRICS.map((key, k) => ({
          runId,
          key,
          count: points,
          decimated: false,
          points: makeCurve(r * 31 + k, points, r === 0 && k === 1 ? peak : undefined, k === 5 && r === 0),
        })),
      );
      return { curves };
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
