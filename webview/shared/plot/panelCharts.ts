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

/** What a panel with charts has. */
export interface PanelCharts {
  data: ChartData;
  saver: ChartSaver;
}

/**
 * The data behind a panel's charts, asked of its host, and what saves them through it. `changed` is called when names
 * have come, or failed to; `runIds` are the runs that are drawn.
 */
export function panelCharts(send: Send, changed: () => void, runIds: () => string[]): PanelCharts {
  const source = {
    names: (ids: string[]) => send("metricNames", { runIds: ids }),
    curves: async (query: ChartRequests["curves"]["params"]) => (await send("curves", query)).curves,
  };
  const saver: ChartSaver = {
    file: (file: ChartFile) => send("saveChart", file, SAVE_TIMEOUT_MS),
    points: (key) => send("savePoints", { key, runIds: runIds() }, SAVE_TIMEOUT_MS),
  };
  return { data: new ChartData(source, changed), saver };
}
