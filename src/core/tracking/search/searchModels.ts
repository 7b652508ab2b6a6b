import type { LoggedModel, Page } from "../../../shared/tracking.js";
import type { Core } from "../core.js";
import { offsetOf, offsetToken } from "../pageToken.js";
import type { SearchQuery } from "../types.js";
import { checkMaxResults, invalid, parseExperimentId } from "../validate.js";
import { type Clause, MODELS, type Order } from "./ast.js";
import { numberTest, textTest } from "./compare.js";
import { comparing, type SortKey } from "./order.js";
import { parseFilter, parseOrders } from "./parse.js";

const DEFAULT_MAX_RESULTS = 100;

/** Searches logged models, of which there are far fewer than runs: each is read whole where the filter needs it. */
export function searchModels(
  core: Core,
  search: SearchQuery & { experimentIds: string[] },
): Page<LoggedModel> {
  const maxResults = search.maxResults ?? DEFAULT_MAX_RESULTS;
  checkMaxResults(maxResults);
  const offset = offsetOf(search.pageToken);
  const tests = parseFilter(search.filter, MODELS).map(testOf);
  const orders = parseOrders(search.orderBy ?? [], MODELS);
  const found = core.models
    .of(search.experimentIds.map(parseExperimentId))
    .map((record) => core.models.fill(record))
    .filter((model) => tests.every((test) => test(model)));
  const keys = orders.map((order) => sortKeyOf(found, order));
  keys.push({ ascending: false, value: (at) => found[at]?.creationTime ?? 0 });
  keys.push({ ascending: true, value: (at) => found[at]?.modelId ?? "" });
  const order = found.map((_, at) => at).sort(comparing(keys));
  const end = offset + maxResults;
  const items = order.slice(offset, end).flatMap((at) => found[at] ?? []);
  return { items, ...(found.length > end ? { nextPageToken: offsetToken(end) } : {}) };
}

function testOf(clause: Clause): (model: LoggedModel) => boolean {
  const { entity, key } = clause;
  if (entity === "metric") {
    const test = numberTest(clause);
    return ({ metrics }) => metrics.some((metric) => metric.key === key && test(metric.value));
  }
  if (entity === "attribute" && MODELS.numericAttributes.includes(key)) {
    const test = numberTest(clause);
    return (model) => test(timeOf(model, key));
  }
  const test = textTest(clause);
  if (entity === "attribute") return (model) => test(textOf(model, key));
  return (model) => {
    const list = entity === "tag" ? model.tags : model.params;
    return test(list.find((item) => item.key === key)?.value);
  };
}

function timeOf(model: LoggedModel, key: string): number {
  return key === "creation_timestamp" ? model.creationTime : model.lastUpdateTime;
}

function textOf(model: LoggedModel, key: string): string | undefined {
  switch (key) {
    case "model_id":
      return model.modelId;
    case "model_type":
      return model.modelType;
    case "source_run_id":
      return model.sourceRunId;
    case "status":
      return model.status;
    default:
      return model.name;
  }
}

function sortKeyOf(found: readonly LoggedModel[], { entity, key, ascending }: Order): SortKey {
  if (entity === "metric") {
    const latest = found.map((model) => latestOf(model, key));
    const rank = (at: number) => (latest[at] === undefined ? 2 : Number.isNaN(latest[at]) ? 1 : 0);
    return { ascending, rank, value: (at) => latest[at] ?? 0 };
  }
  if (entity !== "attribute")
    throw invalid(`Invalid order by field name: ${entity}, only \`metrics.<name>\` is allowed.`);
  if (MODELS.numericAttributes.includes(key)) {
    return {
      ascending,
      value: (at) => {
        const model = found[at];
        return model ? timeOf(model, key) : 0;
      },
    };
  }
  const text = (at: number) => {
    const model = found[at];
    return model && textOf(model, key);
  };
  return { ascending, rank: (at) => (text(at) === undefined ? 1 : 0), value: (at) => text(at) ?? "" };
}

/** MLflow takes the newest by time, then by step. */
function latestOf({ metrics }: LoggedModel, key: string): number | undefined {
  return metrics
    .filter((metric) => metric.key === key)
    .sort((a, b) => b.timestamp - a.timestamp || b.step - a.step)[0]?.value;
}
