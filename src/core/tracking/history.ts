import type { Metric, Page } from "../../shared/tracking.js";
import type { Core } from "./core.js";
import { decodePageToken, encodePageToken } from "./pageToken.js";
import { fromStored, type StoredNumber } from "./storedNumber.js";
import { checkMaxResults, invalid } from "./validate.js";

type PointRow = [step: number, time: number, value: StoredNumber];
type SeriesRow = [id: number, timeBase: number, ordered: number];

/**
 * All points of a metric by (timestamp, step, value), as MLflow gives them. Where steps and times have only grown this
 * is the order in which they are stored, and a page costs no more than what is on it.
 */
export function getMetricHistory(
  core: Core,
  runId: string,
  key: string,
  { maxResults, pageToken }: { maxResults?: number; pageToken?: string } = {},
): Page<Metric> {
  if (maxResults !== undefined) checkMaxResults(maxResults);
  const run = core.runs.get(runId);
  const after = positionOf(pageToken);
  const name = core.names.find(key);
  const series =
    name === undefined
      ? undefined
      : core.session.row<SeriesRow>(
          "SELECT id, time_base, ordered FROM series WHERE run = ? AND name = ?",
          run.id,
          name,
        );
  if (!series) return { items: [] };
  const [id, timeBase, ordered] = series;
  const limit = maxResults === undefined ? -1 : maxResults + 1;
  const order = ordered ? "step, time, value" : "time, step, value";
  const rows = after
    ? core.session.rows<PointRow>(
        `SELECT step, time, value FROM point WHERE series = ? AND (${order}) > (?, ?, ?) ORDER BY ${order} LIMIT ?`,
        id,
        ...(ordered ? [after[0], after[1] - timeBase] : [after[1] - timeBase, after[0]]),
        after[2],
        limit,
      )
    : core.session.rows<PointRow>(
        `SELECT step, time, value FROM point WHERE series = ? ORDER BY ${order} LIMIT ?`,
        id,
        limit,
      );
  const more = maxResults !== undefined && rows.length > maxResults;
  if (more) rows.pop();
  const items = rows.map(([step, time, value]) => ({
    key,
    value: fromStored(value),
    timestamp: timeBase + time,
    step,
  }));
  const last = more ? rows.at(-1) : undefined;
  if (!last) return { items };
  const [step, time, value] = last;
  // JSON knows no infinity.
  const stored = typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return { items, nextPageToken: encodePageToken({ after: [step, timeBase + time, stored] }) };
}

function positionOf(token: string | undefined): [number, number, StoredNumber] | undefined {
  if (token === undefined || token === "") return undefined;
  const { after } = decodePageToken(token);
  const [step, time, value] = Array.isArray(after) ? (after as unknown[]) : [];
  const number = value === "Infinity" || value === "-Infinity" ? Number(value) : value;
  if (
    Number.isSafeInteger(step) &&
    Number.isSafeInteger(time) &&
    (typeof number === "number" || number === "")
  )
    return [step as number, time as number, number];
  throw invalid(`Invalid page token, it holds no position: '${token.slice(0, 100)}'`);
}
