import type { Experiment, Page } from "../../../shared/tracking.js";
import type { Core } from "../core.js";
import { allExperiments, type ExperimentRecord, toExperiment } from "../experiments.js";
import { offsetOf, offsetToken } from "../pageToken.js";
import type { SearchQuery } from "../types.js";
import { checkMaxResults, invalid, parseExperimentId } from "../validate.js";
import { type Clause, EXPERIMENTS, type Order } from "./ast.js";
import { numberTest, textTest } from "./compare.js";
import { comparing, type SortKey } from "./order.js";
import { parseFilter, parseOrders } from "./parse.js";

const DEFAULT_MAX_RESULTS = 1000;

export function searchExperiments(core: Core, query: SearchQuery): Page<Experiment> {
  const maxResults = query.maxResults ?? DEFAULT_MAX_RESULTS;
  checkMaxResults(maxResults);
  const offset = offsetOf(query.pageToken);
  const tests = parseFilter(query.filter, EXPERIMENTS).map((clause) => testOf(core, clause));
  const view = query.viewType ?? "ACTIVE_ONLY";
  const all = allExperiments(core);
  const found = all
    .filter(({ deleted }) => view === "ALL" || deleted === (view === "DELETED_ONLY"))
    .filter((experiment) => tests.every((test) => test(experiment)));
  const orders = parseOrders(
    query.orderBy?.length ? query.orderBy : ["creation_time DESC", "experiment_id ASC"],
    EXPERIMENTS,
  );
  const keys = orders.map((order) => sortKeyOf(found, order));
  keys.push({ ascending: false, value: (at) => found[at]?.id ?? 0 });
  const order = found.map((_, at) => at).sort(comparing(keys));
  const end = offset + maxResults;
  const items = order.slice(offset, end).flatMap((at) => {
    const experiment = found[at];
    return experiment ? [toExperiment(core, experiment)] : [];
  });
  return { items, ...(found.length > end ? { nextPageToken: offsetToken(end) } : {}) };
}

function testOf({ session, names }: Core, clause: Clause): (experiment: ExperimentRecord) => boolean {
  if (clause.entity === "tag") {
    const name = names.find(clause.key);
    const tags = new Map(
      session.rows<[number, string]>(
        "SELECT experiment, value FROM experiment_tag WHERE name = ?",
        name ?? null,
      ),
    );
    const test = textTest(clause);
    return ({ id }) => test(tags.get(id));
  }
  if (EXPERIMENTS.numericAttributes.includes(clause.key)) {
    const test = numberTest(clause);
    return (experiment) =>
      test(clause.key === "creation_time" ? experiment.creationTime : experiment.lastUpdateTime);
  }
  if (clause.key === "name") {
    const test = textTest(clause);
    return ({ name }) => test(name);
  }
  return idTest(clause);
}

/** Ids are numbers inside: `'007'` is 7, and a pattern makes no sense. */
function idTest(clause: Clause): (experiment: ExperimentRecord) => boolean {
  const { comparator, value } = clause;
  if (comparator === "LIKE" || comparator === "ILIKE")
    throw invalid(`Invalid comparator for experiment_id: ${comparator}`);
  const canonical = (id: string) => String(parseExperimentId(id));
  const test = textTest({
    ...clause,
    value: typeof value === "string" ? canonical(value) : Array.isArray(value) ? value.map(canonical) : value,
  });
  return ({ id }) => test(String(id));
}

function sortKeyOf(found: readonly ExperimentRecord[], { entity, key, ascending }: Order): SortKey {
  if (entity !== "attribute") throw invalid(`Invalid order_by entity: ${entity}`);
  const value = (at: number) => {
    const experiment = found[at];
    if (!experiment) return 0;
    if (key === "name") return experiment.name;
    if (key === "experiment_id") return experiment.id;
    return key === "creation_time" ? experiment.creationTime : experiment.lastUpdateTime;
  };
  return { ascending, value };
}
