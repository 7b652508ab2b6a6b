import { type RunData, TAG, isUserTag } from "../../shared/tracking.js";
import type { TextColumn } from "./columns.js";
import type { Core } from "./core.js";
import { readRuns } from "./runData.js";
import type { RunRecord } from "./runIndex.js";
import { findRuns } from "./search/searchRuns.js";
import type { RunRows, RunSearch } from "./types.js";

const MAX_NOTE = 500;
const MAX_TAG = 250;
/** Runs read at once: so that rows die young. */
const RUNS_A_TURN = 500;

type Cell<T> = (run: RunRecord) => T | null;

/** Some columns, by the names of `keys`; a row may end before the last of them. */
interface Cells<T> {
  keys: string[];
  row: Cell<(T | null)[]>;
}

/** Of an answer, where there are so many names that rarer ones are left out. */
const MAX_CELLS = 20_000_000;

/**
 * Runs as rows over the columns that they use. Comes from memory, and is sorted by name, where the columns fit in there;
 * else the columns that most runs use come first, so that a run with thousands of names of its own costs only its row.
 */
export function listRunRows(core: Core, search: RunSearch): RunRows {
  const { items, nextPageToken } = findRuns(core, search);
  const metrics = metricCells(core, items);
  const params = paramCells(core, items);
  const tags = tagCells(core, items);
  const source = core.columns.text("run_tag", TAG.sourceName);
  const parent = core.columns.text("run_tag", TAG.parentRunId);
  const note = core.columns.text("run_tag", TAG.note);
  const star = core.columns.text("run_tag", TAG.star);
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
    metrics: metrics.row(run) ?? [],
    params: params.row(run) ?? [],
    tags: (tags.row(run) ?? []).map((text) => shorten(text ?? undefined, MAX_TAG) ?? null),
  }));
  return {
    ...{ metricKeys: metrics.keys, paramKeys: params.keys, tagKeys: tags.keys },
    ...{ rows, truncated: nextPageToken !== undefined },
  };
}

/** Notes and tags can be pages long: a table of thousands of runs carries their beginnings. */
function shorten(text: string | undefined, most: number): string | undefined {
  return text === undefined || text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function fromColumns<T>(columns: Map<string, Cell<T>>, runs: readonly RunRecord[]): Cells<T> {
  const used = [...columns].filter(([, cell]) => runs.some((run) => cell(run) !== null));
  used.sort(([a], [b]) => (a < b ? -1 : 1));
  return { keys: used.map(([key]) => key), row: (run) => used.map(([, cell]) => cell(run)) };
}

const toCell = (value: number) => (Number.isFinite(value) ? value : String(value));

function metricCells(core: Core, runs: readonly RunRecord[]): Cells<number | string> {
  const columns = core.columns.metrics();
  if (!columns)
    return fromRuns(core, runs, "metrics", ({ metrics }) =>
      metrics.map(({ key, value }) => [key, toCell(value)]),
    );
  const cells = new Map(
    [...columns].map(([name, { values, present }]): [string, Cell<number | string>] => [
      core.names.nameOf(name),
      ({ id }) => (present[id] === 1 ? toCell(values[id] ?? NaN) : null),
    ]),
  );
  return fromColumns(cells, runs);
}

function paramCells(core: Core, runs: readonly RunRecord[]): Cells<string> {
  const columns = core.columns.params();
  if (!columns)
    return fromRuns(core, runs, "params", ({ params }) => params.map(({ key, value }) => [key, value]));
  return fromColumns(textCells(core, columns), runs);
}

function tagCells(core: Core, runs: readonly RunRecord[]): Cells<string> {
  const columns = core.columns.tags();
  if (columns) {
    const cells = [...textCells(core, columns)].filter(([key]) => isUserTag(key));
    return fromColumns(new Map(cells), runs);
  }
  return fromRuns(core, runs, "tags", ({ tags }) =>
    tags.filter(({ key }) => isUserTag(key)).map(({ key, value }) => [key, value]),
  );
}

function textCells(core: Core, columns: ReadonlyMap<number, TextColumn>): Map<string, Cell<string>> {
  return new Map(
    [...columns].map(([name, column]) => [core.names.nameOf(name), ({ id }) => column[id] ?? null]),
  );
}

/** So many metrics, parameters or tags that only those of the runs at hand are read. */
function fromRuns<T>(
  core: Core,
  runs: readonly RunRecord[],
  kind: "metrics" | "params" | "tags",
  pairsOf: (data: RunData) => [string, T][],
): Cells<T> {
  const fields = { metrics: false, params: false, tags: false, inputs: false, [kind]: true };
  const rows = new Map<string, [string, T][]>();
  const counts = new Map<string, number>();
  for (let from = 0; from < runs.length; from += RUNS_A_TURN) {
    for (const { info, data } of readRuns(core, runs.slice(from, from + RUNS_A_TURN), fields)) {
      const pairs = pairsOf(data);
      rows.set(info.runId, pairs);
      for (const [key] of pairs) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const most = Math.floor(MAX_CELLS / Math.max(1, runs.length));
  const keys = [...counts]
    .sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .map(([key]) => key)
    .slice(0, most);
  const places = new Map(keys.map((key, place) => [key, place]));
  return {
    keys,
    row: ({ runId }) => {
      const row: (T | null)[] = [];
      for (const [key, value] of rows.get(runId) ?? []) {
        const place = places.get(key);
        if (place === undefined) continue;
        while (row.length <= place) row.push(null);
        row[place] = value;
      }
      return row;
    },
  };
}
