import type { TrackingStore } from "../../core/tracking/types.js";
import type { Metric } from "../../shared/tracking.js";
import { invalid } from "./faults.js";
import {
  missing,
  optionalInteger,
  optionalStrings,
  requiredString,
  runIdOf,
  nonEmptyString,
} from "./fields.js";
import type { Route } from "./route.js";
import { list, metricJson } from "./wire.js";

const MAX_RUNS = 100;
const MAX_POINTS = 2500;
const PAGE = 25_000;

export function metricRoutes(store: TrackingStore): Route[] {
  return [
    {
      method: "GET",
      path: "metrics/get-history",
      handle: async (input) => {
        const runId = runIdOf(input);
        const key = requiredString(input, "metric_key");
        const pageToken = nonEmptyString(input, "page_token");
        const maxResults = optionalInteger(input, "max_results");
        if (maxResults !== undefined && maxResults <= 0) {
          throw invalid(
            `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer.`,
          );
        }
        if (maxResults === undefined && pageToken === undefined) {
          return { metrics: list((await wholeHistory(store, runId, key)).map(metricJson)) };
        }
        const page = await store.getMetricHistory(runId, key, { maxResults, pageToken });
        return { metrics: list(page.items.map(metricJson)), next_page_token: page.nextPageToken };
      },
    },
    {
      method: "GET",
      path: "metrics/get-history-bulk-interval",
      handle: async (input) => {
        const runIds = optionalStrings(input, "run_ids");
        if (runIds.length === 0) throw missing("run_ids");
        if (runIds.length > MAX_RUNS) {
          throw invalid(
            `GetMetricHistoryBulkInterval request must specify at most ${MAX_RUNS} run_ids. ` +
              `Received ${runIds.length} run_ids.`,
          );
        }
        const key = requiredString(input, "metric_key");
        const range = stepRange(optionalInteger(input, "start_step"), optionalInteger(input, "end_step"));
        const maxResults = optionalInteger(input, "max_results") ?? MAX_POINTS;
        if (maxResults < 1 || maxResults > MAX_POINTS) {
          throw invalid(`max_results must be between 1 and ${MAX_POINTS}.`);
        }
        const metrics: object[] = [];
        for (const runId of runIds) {
          const history = (await wholeHistory(store, runId, key)).filter(range);
          for (const metric of evenlySpaced(history.sort(byStep), maxResults)) {
            metrics.push({ ...metricJson(metric), run_id: runId });
          }
        }
        return { metrics: list(metrics) };
      },
    },
  ];
}

/** Every point, read a page at a time so that other requests get their turn between pages. */
async function wholeHistory(store: TrackingStore, runId: string, key: string): Promise<Metric[]> {
  const metrics: Metric[] = [];
  let pageToken: string | undefined;
  do {
    const page = await store.getMetricHistory(runId, key, { maxResults: PAGE, pageToken });
    for (const metric of page.items) metrics.push(metric);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return metrics;
}

function stepRange(start: number | undefined, end: number | undefined): (metric: Metric) => boolean {
  if (start === undefined && end === undefined) return () => true;
  if (start === undefined || end === undefined) {
    throw invalid("If either start step or end step are specified, both must be specified.");
  }
  if (start > end) {
    throw invalid(`end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`);
  }
  return (metric) => metric.step >= start && metric.step <= end;
}

function byStep(a: Metric, b: Metric): number {
  return a.step - b.step || a.timestamp - b.timestamp;
}

/** At most `count` of them, the first and the last among these; the last alone for one. */
function evenlySpaced(metrics: Metric[], count: number): Metric[] {
  if (metrics.length <= count) return metrics;
  if (count === 1) return metrics.slice(-1);
  const stride = (metrics.length - 1) / (count - 1);
  const indices = new Set(Array.from({ length: count }, (_, i) => Math.round(i * stride)));
  return metrics.filter((_, index) => indices.has(index));
}
