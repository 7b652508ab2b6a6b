import type { MetricNames } from "../../shared/protocol.js";
import type { Core } from "./core.js";
import { fromStored, type StoredNumber } from "./storedNumber.js";

type NameRow = [name: number, count: number, min: StoredNumber | null, max: StoredNumber | null];

/** Which metrics runs have, with counts and extremes: no point is read. */
export function getMetricNames({ runs, session, names }: Core, runIds: readonly string[]): MetricNames {
  const places = new Map<number, number>();
  const listed = runIds.map((runId) => {
    const rows = session.rows<NameRow>(
      "SELECT name, count, min_value, max_value FROM series WHERE run = ?",
      runs.get(runId).id,
    );
    for (const [name] of rows) if (!places.has(name)) places.set(name, places.size);
    return {
      runId,
      at: rows.map(([name]) => places.get(name) ?? 0),
      counts: rows.map(([, count]) => count),
      min: rows.map(([, , min]) => toSent(min)),
      max: rows.map(([, , , max]) => toSent(max)),
    };
  });
  return { keys: [...places.keys()].map((name) => names.nameOf(name)), runs: listed };
}

/** JSON has no infinities: they are sent as strings, as in the run table. */
function toSent(stored: StoredNumber | null): number | string | null {
  if (stored === null) return null;
  const value = fromStored(stored);
  return Number.isFinite(value) ? value : String(value);
}
