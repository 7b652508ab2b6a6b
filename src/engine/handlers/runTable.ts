import type { TrackingStore } from "../../core/tracking/types.js";
import type { EngineRequests, RunRow, RunTable } from "../../shared/protocol.js";
import { type KeyValue, type Run, TAG } from "../../shared/tracking.js";

const PAGE = 5000;

/** Rows of up to `limit` runs, with the columns that these runs use, sorted by name. */
export async function readRunTable(
  store: TrackingStore,
  launched: (runId: string) => boolean,
  query: EngineRequests["runTable"]["params"],
  signal: AbortSignal,
): Promise<RunTable> {
  const runs: Run[] = [];
  let pageToken: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await store.searchRuns({
      experimentIds: query.experimentIds,
      filter: query.filter,
      orderBy: query.orderBy,
      viewType: query.view,
      fields: { metrics: true, params: true, tags: true, inputs: false },
      maxResults: Math.min(PAGE, query.limit - runs.length),
      pageToken,
    });
    runs.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined && runs.length < query.limit);
  return { ...tabulate(runs, launched), truncated: pageToken !== undefined };
}

/** Lays runs out as rows over their common columns. */
export function tabulate(
  runs: readonly Run[],
  launched: (runId: string) => boolean,
): Omit<RunTable, "truncated"> {
  const metricKeys = columnsOf(runs, (run) => run.data.metrics);
  const paramKeys = columnsOf(runs, (run) => run.data.params);
  const rows = runs.map((run) => row(run, metricKeys, paramKeys, launched(run.info.runId)));
  return { metricKeys: [...metricKeys.keys()], paramKeys: [...paramKeys.keys()], rows };
}

function columnsOf(
  runs: readonly Run[],
  select: (run: Run) => readonly { key: string }[],
): Map<string, number> {
  const keys = new Set<string>();
  for (const run of runs) for (const { key } of select(run)) keys.add(key);
  return new Map([...keys].sort().map((key, index) => [key, index]));
}

function row(
  { info, data }: Run,
  metricKeys: Map<string, number>,
  paramKeys: Map<string, number>,
  launched: boolean,
): RunRow {
  const metrics = new Array<number | string | null>(metricKeys.size).fill(null);
  for (const { key, value } of data.metrics)
    metrics[metricKeys.get(key) ?? 0] = Number.isFinite(value) ? value : String(value);
  const params = new Array<string | null>(paramKeys.size).fill(null);
  for (const { key, value } of data.params) params[paramKeys.get(key) ?? 0] = value;
  return {
    runId: info.runId,
    name: info.runName,
    experimentId: info.experimentId,
    status: info.status,
    deleted: info.lifecycleStage === "deleted",
    startTime: info.startTime,
    endTime: info.endTime,
    user: info.userId,
    source: tag(data.tags, TAG.sourceName) ?? "",
    parentRunId: tag(data.tags, TAG.parentRunId),
    note: tag(data.tags, TAG.note),
    metrics,
    params,
    launched,
  };
}

function tag(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((candidate) => candidate.key === key)?.value;
}
