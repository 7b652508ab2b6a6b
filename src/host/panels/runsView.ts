import type * as vscode from "vscode";
import * as z from "zod/mini";
import type { RunsPanelState } from "../../shared/runs/api.js";
import { keptRunsView } from "./parsers.js";

/** One for each set of experiments of a project, however they were named in what order. */
function keyOf({ project, experimentIds }: RunsPanelState): string {
  return `cairn.runsView ${project} ${[...experimentIds].sort().join(" ")}`;
}

/** The state of a panel with the arrangement that the last one of the same experiments had. */
export function withKeptView(memory: vscode.Memento, state: RunsPanelState): RunsPanelState {
  const kept = z.safeParse(keptRunsView, memory.get(keyOf(state), {}));
  return kept.success ? { ...state, ...defined(kept.data) } : state;
}

/** Keeps how a panel is arranged for the next one of the same experiments. */
export async function keepView(memory: vscode.Memento, state: RunsPanelState): Promise<void> {
  const { sort, split, layout, side, compareDiffering, charts } = state;
  await memory.update(keyOf(state), { sort, split, layout, side, compareDiffering, charts });
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
