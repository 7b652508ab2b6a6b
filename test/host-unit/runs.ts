import type { RunRow } from "../../src/shared/protocol.ts";
import type { TreeRun } from "../../src/host/tree/treeRun.ts";

/** A run as the tree has it; finished after a minute unless told. */
export function aRun(
  runId: string,
  row: Partial<RunRow> = {},
  metrics: Record<string, number | string> = {},
  params: Record<string, string> = {},
): TreeRun {
  return {
    row: {
      ...{ runId, name: `run ${runId}`, experimentId: "1", status: "FINISHED", deleted: false },
      ...{ startTime: 1_000, endTime: 61_000, user: "ada", source: "train.py", launched: true },
      ...{ starred: false, metrics: [], params: [], tags: [] },
      ...row,
    },
    metrics: new Map(Object.entries(metrics)),
    params: new Map(Object.entries(params)),
  };
}

/** Puts the arguments into the places of a text, as VS Code's own translation does. */
export function english(message: string, ...args: (string | number)[]): string {
  return message.replace(/\{(\d)\}/g, (_, place: string) => String(args[Number(place)]));
}
