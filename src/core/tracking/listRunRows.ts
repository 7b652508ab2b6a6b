import { TAG } from "../../shared/tracking.js";
import type { TextColumn } from "./columns.js";
import type { Core } from "./core.js";
import { readRuns } from "./runData.js";
import type { RunRecord } from "./runIndex.js";
import { findRuns } from "./search/searchRuns.js";
import type { RunRows, RunSearch } from "./types.js";

type Cell<T> = (run: RunRecord) => T | null;

/** Runs as rows over the columns that they use, sorted by name. Comes from memory where the columns fit in there. */
export function listRunRows(core: Core, search: RunSearch): RunRows {
  const { items, nextPageToken } = findRuns(core, search);
  const metrics = metricCells(core, items);
  const params = paramCells(core, items);
  const source = core.columns.text("run_tag", TAG.sourceName);
  const parent = core.columns.text("run_tag", TAG.parentRunId);
  const note = core.columns.text("run_tag", TAG.note);
  const metricKeys = keysInUse(metrics, items);
  const paramKeys = keysInUse(params, items);
  const metricOf = metricKeys.flatMap((key) => metrics.get(key) ?? []);
  const paramOf = paramKeys.flatMap((key) => params.get(key) ?? []);
  const rows = items.map((run) => ({
    runId: run.runId,
    name: run.runName,
    experimentId: String(run.experiment),
    status: run.status,
    deleted: run.deleted,
    startTime: run.startTime,
    endTime: run.endTime,
    user: run.userId,
    source: source?.[run.id] ?? "",
    parentRunId: parent?.[run.id],
    note: note?.[run.id],
    metrics: metricOf.map((cell) => cell(run)),
    params: paramOf.map((cell) => cell(run)),
  }));
  return { metricKeys, paramKeys, rows, truncated: nextPageToken !== undefined };
}

function keysInUse<T>(cells: Map<string, Cell<T>>, runs: readonly RunRecord[]): string[] {
  return [...cells]
    .filter(([, cell]) => runs.some((run) => cell(run) !== null))
    .map(([key]) => key)
    .sort();
}

const toCell = (value: number) => (Number.isFinite(value) ? value : String(value));

function metricCells(core: Core, runs: readonly RunRecord[]): Map<string, Cell<number | string>> {
  const columns = core.columns.metrics();
  if (!columns) {
    return cellsOf(core, runs, "metrics", (metric: { key: string; value: number }) => toCell(metric.value));
  }
  return new Map(
    [...columns].map(([name, { values, present }]) => [
      core.names.nameOf(name),
      ({ id }) => (present[id] === 1 ? toCell(values[id] ?? NaN) : null),
    ]),
  );
}

function paramCells(core: Core, runs: readonly RunRecord[]): Map<string, Cell<string>> {
  const columns: ReadonlyMap<number, TextColumn> | undefined = core.columns.params();
  if (!columns) return cellsOf(core, runs, "params", (param: { key: string; value: string }) => param.value);
  return new Map(
    [...columns].map(([name, column]) => [core.names.nameOf(name), ({ id }) => column[id] ?? null]),
  );
}

/** So many metrics or parameters that only those of the runs at hand are read. */
function cellsOf<K extends "metrics" | "params", T>(
  core: Core,
  runs: readonly RunRecord[],
  kind: K,
  valueOf: (item: never) => T,
): Map<string, Cell<T>> {
  const values = new Map<string, Map<string, T>>();
  for (const { info, data } of readRuns(core, runs, {
    metrics: kind === "metrics",
    params: kind === "params",
    tags: false,
    inputs: false,
  })) {
    for (const item of data[kind]) {
      let column = values.get(item.key);
      if (!column) values.set(item.key, (column = new Map<string, T>()));
      column.set(info.runId, valueOf(item as never));
    }
  }
  return new Map([...values].map(([key, column]) => [key, ({ runId }) => column.get(runId) ?? null]));
}
