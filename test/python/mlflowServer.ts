import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { startTree } from "../host/processes.ts";
import { pythonOf } from "../peers/env.ts";

const startLimitMs = 90_000;

export interface TrackingServer {
  /** Value for MLFLOW_TRACKING_URI. */
  url: string;
  /** Sends a request to the REST API and returns the parsed answer; throws unless the status is 2xx. */
  api(path: string, body?: object): Promise<unknown>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The socket has no port.");
  server.close();
  await once(server, "close");
  return address.port;
}

/** A real `mlflow server` of the locked environment, with its database and artifacts in `folder`. */
export async function startMlflow(folder: string, port: number): Promise<TrackingServer> {
  const python = await pythonOf("tracking");
  const args = ["-m", "mlflow", "server", "--port", String(port), "--workers", "1"];
  const stores = ["--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", "artifacts"];
  const tree = startTree(python, [...args, ...stores], {
    cwd: folder,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" },
    output: { file: join(folder, "server.log") },
  });
  const server = trackingServer(`http://127.0.0.1:${port}`, () => tree.stop());
  const deadline = Date.now() + startLimitMs;
  while (!(await healthy(server.url))) {
    if (Date.now() > deadline || tree.child.exitCode !== null) {
      await tree.stop();
      throw new Error(`mlflow server did not come up; see ${folder}/server.log`);
    }
    await delay(100);
  }
  return server;
}

export function trackingServer(url: string, stop: () => Promise<void>, token?: string): TrackingServer {
  return {
    url,
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

async function healthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
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
