import type { ChartFile, ChartRequests } from "../../../src/shared/charts.js";
import { ChartData } from "./chartData.js";
import type { ChartSaver } from "./exportChart.js";

type Send = <M extends keyof ChartRequests>(
  method: M,
  params: ChartRequests[M]["params"],
  timeoutMs?: number,
) => Promise<ChartRequests[M]["result"]>;

/** Long enough for who looks for a folder in the dialog. */
const SAVE_TIMEOUT_MS = 600_000;

/** The data behind a panel's charts, asked of its host. `changed` is called when names have come, or failed to. */
export function chartDataFrom(send: Send, changed: () => void): ChartData {
  return new ChartData(
    {
      names: (runIds) => send("metricNames", { runIds }),
      curves: async (query) => (await send("curves", query)).curves,
    },
    changed,
  );
}

/** Saves charts through the host. */
export function chartSaver(send: Send, runIds: () => string[]): ChartSaver {
  return {
    file: (file: ChartFile) => send("saveChart", file, SAVE_TIMEOUT_MS),
    points: (key) => send("savePoints", { key, runIds: runIds() }, SAVE_TIMEOUT_MS),
  };
}
