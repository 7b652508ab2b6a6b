import type * as vscode from "vscode";
import * as z from "zod/mini";
import type { ChartSettings } from "../../shared/charts.js";
import type { RunPanelState } from "../../shared/run/api.js";
import { chartSettings } from "./chartSettings.js";

const KEY = "cairn.runCharts";

/** A run's panel begins with the charts as the last one had them. */
export function withRunCharts(memory: vscode.Memento, state: RunPanelState): RunPanelState {
  const kept = z.safeParse(chartSettings, memory.get(KEY));
  return state.charts === undefined && kept.success ? { ...state, charts: kept.data } : state;
}

export async function keepRunCharts(
  memory: vscode.Memento,
  charts: ChartSettings | undefined,
): Promise<void> {
  if (charts) await memory.update(KEY, charts);
}
