import type { Page, Run } from "../../../shared/tracking.js";
import type { Core } from "../core.js";
import { offsetOf, offsetToken } from "../pageToken.js";
import { readRuns } from "../runData.js";
import type { RunRecord } from "../runIndex.js";
import type { WriteRun } from "../runTexts.js";
import type { RunSearch } from "../types.js";
import { checkMaxResults, invalid, parseExperimentId } from "../validate.js";
import { type Clause, type Order, RUNS } from "./ast.js";
import { numberTest, textTest } from "./compare.js";
import { datasetTest } from "./datasets.js";
import { comparing, firstOf, type SortKey } from "./order.js";
import { parseFilter, parseOrders } from "./parse.js";

type Test = (run: RunRecord) => boolean;

/** As MLflow's REST interface has it. */
const DEFAULT_MAX_RESULTS = 1000;

/** Finds runs in the columns kept in memory, and reads from the database only what is on the page. */
export function searchRuns(core: Core, search: RunSearch): Page<Run> {
  const { items, nextPageToken } = findRuns(core, search);
  return { items: readRuns(core, items, search.fields), ...(nextPageToken ? { nextPageToken } : {}) };
}

/** The same, each run as `write` has it. Only runs that have changed since they were found before are read. */
export function searchRunTexts(core: Core, search: RunSearch, write: WriteRun): Page<Buffer> {
  const { items, nextPageToken } = findRuns(core, search);
  const known = items.map(({ runId }) => core.texts.find(runId, write));
  const missing = items.filter((_, i) => known[i] === undefined);
  const made = readRuns(core, missing).map((run) => core.texts.make(run, write));
  let next = 0;
  const texts = known.flatMap((text) => text ?? made[next++] ?? []);
  return { items: texts, ...(nextPageToken ? { nextPageToken } : {}) };
}

/** The same, without their data. */
export function findRuns(core: Core, search: RunSearch): Page<RunRecord> {
  const maxResults = search.maxResults ?? DEFAULT_MAX_RESULTS;
  checkMaxResults(maxResults);
  const offset = offsetOf(search.pageToken);
  const end = offset + maxResults;
  const runs = core.runs.all();
  const { ids, more } = idsOf(core, search, end, offset > 0);
  const items = ids.slice(offset, end).flatMap((id) => runs[id] ?? []);
  return { items, ...(more ? { nextPageToken: offsetToken(end) } : {}) };
}

/**
 * The first `count` ids, or more, of what is found, in order. Who asks for a second page is likely to ask for all:
 * then everything is ordered, and kept.
 */
function idsOf(
  core: Core,
  search: RunSearch,
  count: number,
  keep: boolean,
): { ids: readonly number[]; more: boolean } {
  const { experimentIds, filter, orderBy = [], viewType = "ACTIVE_ONLY" } = search;
  const key = JSON.stringify([experimentIds, filter, orderBy, viewType]);
  const known = core.found.get(key);
  if (known) return { ids: known, more: known.length > count };
  const tests = parseFilter(filter, RUNS).map((clause) => testOf(core, clause));
  const keys = parseOrders(orderBy, RUNS).flatMap((order) => sortKeyOf(core, order));
  const [first, ...others] = experimentIds.map(parseExperimentId);
  const experiments = new Set(others);
  const found: number[] = [];
  const runs = core.runs.all();
  // The newest first: mostly they are the first in order, too, and the others are then passed over.
  for (let id = runs.length - 1; id >= 0; id--) {
    const run = runs[id];
    if (!run || (run.experiment !== first && !experiments.has(run.experiment))) continue;
    if (viewType !== "ALL" && run.deleted !== (viewType === "DELETED_ONLY")) continue;
    if (holdsAll(tests, run)) found.push(id);
  }
  const more = found.length > count;
  const compare = comparing([...keys, ...naturalOrder(core)]);
  const ids = firstOf(found, keep ? found.length : Math.min(count, found.length), compare);
  return { ids: ids.length === found.length ? core.found.keep(key, ids) : ids, more };
}

function holdsAll(tests: readonly Test[], run: RunRecord): boolean {
  for (const test of tests) if (!test(run)) return false;
  return true;
}

/** Newest first, then by id: what MLflow ends every order with. */
function naturalOrder({ runs }: Core): SortKey[] {
  const all = runs.all();
  return [
    { ascending: false, value: (id) => all[id]?.startTime ?? 0 },
    { ascending: true, value: (id) => all[id]?.runId ?? "" },
  ];
}

function testOf(core: Core, clause: Clause): Test {
  const { entity, key } = clause;
  switch (entity) {
    case "metric": {
      const column = core.columns.metric(key);
      if (!column) return () => false;
      const { values, present } = column;
      const test = numberTest(clause);
      return ({ id }) => present[id] === 1 && test(values[id] ?? NaN);
    }
    case "parameter":
    case "tag": {
      const column = core.columns.text(entity === "tag" ? "run_tag" : "param", key);
      const test = textTest(clause);
      return ({ id }) => test(column?.[id]);
    }
    case "dataset":
      return datasetTest(core, clause);
    case "attribute":
      return attributeTest(clause);
  }
}

function attributeTest(clause: Clause): Test {
  if (RUNS.numericAttributes.includes(clause.key)) {
    const test = numberTest(clause);
    return (run) => {
      const time = clause.key === "start_time" ? run.startTime : run.endTime;
      return time !== null && test(time);
    };
  }
  const test = textTest(clause);
  return (run) => test(textAttribute(run, clause.key));
}

function textAttribute(run: RunRecord | undefined, key: string): string {
  switch (key) {
    case "run_id":
      return run?.runId ?? "";
    case "run_name":
      return run?.runName ?? "";
    case "user_id":
      return run?.userId ?? "";
    case "status":
      return run?.status ?? "";
    default:
      return run?.artifactUri ?? "";
  }
}

function sortKeyOf(core: Core, { entity, key, ascending }: Order): SortKey[] {
  const runs = core.runs.all();
  switch (entity) {
    case "metric": {
      const column = core.columns.metric(key);
      if (!column) return [];
      const { values, present } = column;
      // Missing ones come after NaN, and both after every number.
      const rank = (id: number) => (present[id] !== 1 ? 2 : Number.isNaN(values[id]) ? 1 : 0);
      return [{ ascending, rank, value: (id) => values[id] ?? 0 }];
    }
    case "parameter":
    case "tag": {
      const column = core.columns.text(entity === "tag" ? "run_tag" : "param", key);
      if (!column) return [];
      return [
        { ascending, rank: (id) => (column[id] === undefined ? 1 : 0), value: (id) => column[id] ?? "" },
      ];
    }
    case "dataset":
      // A run may have several.
      throw invalid(`Invalid identifier type '${entity}'`);
    case "attribute": {
      if (key === "start_time") return [{ ascending, value: (id) => runs[id]?.startTime ?? 0 }];
      if (key !== "end_time") return [{ ascending, value: (id) => textAttribute(runs[id], key) }];
      const end = (id: number) => runs[id]?.endTime ?? null;
      return [{ ascending, rank: (id) => (end(id) === null ? 1 : 0), value: (id) => end(id) ?? 0 }];
    }
  }
}
