import { TAG, isUserTag } from "../../shared/tracking.js";
import type { TextColumn } from "./columns.js";
import type { Core } from "./core.js";
import { readRuns } from "./runData.js";
import type { RunRecord } from "./runIndex.js";
import { findRuns } from "./search/searchRuns.js";
import type { RunRows, RunSearch } from "./types.js";

const MAX_NOTE = 500;
const MAX_TAG = 250;

type Cell<T> = (run: RunRecord) => T | null;

/** Runs as rows over the columns that they use, sorted by name. Comes from memory where the columns fit in there. */
export function listRunRows(core: Core, search: RunSearch): RunRows {
  const { items, nextPageToken } = findRuns(core, search);
  const metrics = metricCells(core, items);
  const params = paramCells(core, items);
  const tags = tagCells(core, items);
  const source = core.columns.text("run_tag", TAG.sourceName);
  const parent = core.columns.text("run_tag", TAG.parentRunId);
  const note = core.columns.text("run_tag", TAG.note);
  const star = core.columns.text("run_tag", TAG.star);
  const metricKeys = keysInUse(metrics, items);
  const paramKeys = keysInUse(params, items);
  const tagKeys = keysInUse(tags, items);
  const metricOf = metricKeys.flatMap((key) => metrics.get(key) ?? []);
  const paramOf = paramKeys.flatMap((key) => params.get(key) ?? []);
  const tagOf = tagKeys.flatMap((key) => tags.get(key) ?? []);
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
    note: shorten(note?.[run.id], MAX_NOTE),
    starred: star?.[run.id] === "true",
    metrics: metricOf.map((cell) => cell(run)),
    params: paramOf.map((cell) => cell(run)),
    tags: tagOf.map((cell) => shorten(cell(run) ?? undefined, MAX_TAG) ?? null),
  }));
  return { metricKeys, paramKeys, tagKeys, rows, truncated: nextPageToken !== undefined };
}

/** Notes and tags can be pages long: a table of thousands of runs carries their beginnings. */
function shorten(text: string | undefined, most: number): string | undefined {
  return text === undefined || text.length <= most ? text : `${text.slice(0, most - 1)}…`;
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

function tagCells(core: Core, runs: readonly RunRecord[]): Map<string, Cell<string>> {
  const columns = core.columns.tags();
  const cells = columns
    ? new Map(
        [...columns].map(([name, column]): [string, Cell<string>] => [
          core.names.nameOf(name),
          ({ id }) => column[id] ?? null,
        ]),
      )
    : cellsOf(core, runs, "tags", (tag: { key: string; value: string }) => tag.value);
  return new Map([...cells].filter(([key]) => isUserTag(key)));
}

/** So many metrics, parameters or tags that only those of the runs at hand are read. */
function cellsOf<K extends "metrics" | "params" | "tags", T>(
  core: Core,
  runs: readonly RunRecord[],
  kind: K,
  valueOf: (item: never) => T,
): Map<string, Cell<T>> {
  const values = new Map<string, Map<string, T>>();
  for (const { info, data } of readRuns(core, runs, {
    metrics: kind === "metrics",
    params: kind === "params",
    tags: kind === "tags",
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
