import type { RunsView } from "./runsModel.js";
import type { Place } from "./tablePopups.js";

/** Ids of the columns in the table, in their order. */
export function idsOf(view: RunsView): string[] {
  return view.shown.map(({ id }) => id);
}

/** Where something that a button opens has its corner. */
export function below(button: HTMLElement): Place {
  const box = button.getBoundingClientRect();
  return { x: box.left, y: box.bottom + 2 };
}

/** A title as the name of a file. */
export function fileName(title: string): string {
  return title.replace(/[^\p{L}\p{N}_.-]+/gu, "-") || "runs";
}
