import { z } from "zod";

export interface TrackingServer {
  /** What a script needs in its environment to log there. */
  env: Record<string, string>;
  /** Sends a request to the REST API and returns the parsed answer; throws unless the status is 2xx. */
  api(path: string, body?: object): Promise<unknown>;
  stop(): Promise<void>;
}

export function trackingServer(url: string, stop: () => Promise<void>, token?: string): TrackingServer {
  return {
    env: { MLFLOW_TRACKING_URI: url, ...(token && { MLFLOW_TRACKING_TOKEN: token }) },
    stop,
    async api(path, body) {
      const response = await fetch(`${url}/api/2.0/${path}`, {
        method: body ? "POST" : "GET",
        headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${text}`);
      return response.headers.get("content-type")?.includes("json") ? (JSON.parse(text) as unknown) : text;
    },
  };
}

const pair = z.object({ key: z.string(), value: z.string() });
// protobuf's JSON writes what is not finite as a word.
const value = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
const point = z.object({
  key: z.string(),
  value,
  step: z.coerce.number().default(0),
  timestamp: z.coerce.number(),
});
export const runSchema = z.object({
  info: z.object({
    run_id: z.string(),
    run_name: z.string(),
    status: z.string(),
    end_time: z.coerce.number().optional(),
    artifact_uri: z.string(),
  }),
  data: z.object({
    params: z.array(pair).default([]),
    tags: z.array(pair).default([]),
    metrics: z.array(point).default([]),
  }),
  outputs: z.object({ model_outputs: z.array(z.object({ model_id: z.string() })).default([]) }).optional(),
});
export type RecordedRun = z.infer<typeof runSchema>;

/** All runs of an experiment, newest first; none if the experiment does not exist yet. */
export async function runsOf(server: TrackingServer, experiment: string): Promise<RecordedRun[]> {
  const found = await server
    .api(`mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`)
    .catch(() => undefined);
  if (found === undefined) return [];
  const { experiment_id } = z
    .object({ experiment: z.object({ experiment_id: z.string() }) })
    .parse(found).experiment;
  const answer = await server.api("mlflow/runs/search", { experiment_ids: [experiment_id] });
  return z.object({ runs: z.array(runSchema).default([]) }).parse(answer).runs;
}

/** All points of a metric in the order in which the server returns them. */
export async function historyOf(server: TrackingServer, run: string, metric: string) {
  const query = new URLSearchParams({ run_id: run, metric_key: metric, max_results: "25000" });
  const answer = await server.api(`mlflow/metrics/get-history?${query.toString()}`);
  return z.object({ metrics: z.array(point).default([]) }).parse(answer).metrics;
}
