import type { TrackingStore } from "../../core/tracking/types.js";
import type { EngineRequests, RunRow, RunTable } from "../../shared/protocol.js";
import { type KeyValue, type Run, TAG, isUserTag } from "../../shared/tracking.js";

/** Rows of up to `limit` runs, with the columns that these runs use, sorted by name. */
export async function readRunTable(
  store: TrackingStore,
  launched: (runId: string) => boolean,
  query: EngineRequests["runTable"]["params"],
): Promise<RunTable> {
  const { view: viewType, limit: maxResults, ...search } = query;
  const table = await store.listRunRows({ ...search, viewType, maxResults });
  return { ...table, rows: table.rows.map((row) => ({ ...row, launched: launched(row.runId) })) };
}

/** The row of one run over all its metrics, parameters and user's tags, sorted by name. */
export function rowOf({ info, data }: Run, launched: boolean): RunRow {
  const params = data.params.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const userTags = data.tags.filter(({ key }) => isUserTag(key)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
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
    starred: tag(data.tags, TAG.star) === "true",
    metrics: data.metrics.map(({ value }) => (Number.isFinite(value) ? value : String(value))),
    params: params.map(({ value }) => value),
    tags: userTags.map(({ value }) => value),
    launched,
  };
}

function tag(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((candidate) => candidate.key === key)?.value;
}
