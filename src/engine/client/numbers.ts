import type { EngineRequests, RequestName } from "../../shared/protocol.js";
import type { Metric, Run } from "../../shared/tracking.js";

/**
 * JSON has no NaN and no infinities, but metrics do: on the wire these are strings ("NaN", "Infinity"), in the results
 * that carry metrics as such.
 */
export function encodeNumbers<M extends RequestName>(
  method: M,
  result: EngineRequests[M]["result"],
): unknown {
  return mapMetrics(method, result, ({ value, ...rest }) => ({
    ...rest,
    value: Number.isFinite(value) ? value : String(value),
  }));
}

/** The inverse of `encodeNumbers`. */
export function decodeNumbers(method: RequestName, result: unknown): unknown {
  return mapMetrics(method, result, (metric) =>
    typeof metric.value === "number" ? metric : { ...metric, value: Number(metric.value) },
  );
}

function mapMetrics(method: RequestName, result: unknown, map: (metric: Metric) => unknown): unknown {
  const ofRun = (run: Run) => ({ ...run, data: { ...run.data, metrics: run.data.metrics.map(map) } });
  if (method === "run") {
    const found = result as EngineRequests["run"]["result"];
    return { ...found, run: ofRun(found.run) };
  }
  if (method === "runSearch") {
    const page = result as EngineRequests["runSearch"]["result"];
    return { ...page, items: page.items.map(ofRun) };
  }
  if (method === "history") {
    const page = result as EngineRequests["history"]["result"];
    return { ...page, items: page.items.map(map) };
  }
  return result;
}
