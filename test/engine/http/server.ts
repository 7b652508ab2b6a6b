import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openArtifactStore, type ArtifactStore } from "../../../src/core/artifacts/index.js";
import { projectPaths, type ProjectPaths } from "../../../src/core/project/index.js";
import { openTrackingStore } from "../../../src/core/tracking/index.js";
import { createHttpServer } from "../../../src/engine/http/index.js";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body, where it is JSON. */
  json: Record<string, unknown>;
}

export interface Sent {
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  headers?: OutgoingHttpHeaders;
}

export interface TestServer {
  port: number;
  url: string;
  token: string;
  paths: ProjectPaths;
  artifacts: ArtifactStore;
  /** Errors that the server logged: a test that expects none can say so. */
  errors: string[];
  activity(): number;
  /** `path` is relative to `/api/2.0/mlflow/`, or absolute. Sends the token unless `headers` has another. */
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  close(): Promise<void>;
}

const token = "token-of-this-test-0123456789";

/** The real server over a real database in a folder of its own. */
export async function startServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "cairn-http-"));
  const paths = projectPaths(folder, "");
  await mkdir(paths.data, { recursive: true });
  const errors: string[] = [];
  let activity = 0;
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (message: string | Error) => void errors.push(String(message)),
  };
  const store = await openTrackingStore({ paths, logger });
  const artifacts = openArtifactStore(paths.artifacts);
  const app = createHttpServer({ store, artifacts, token, logger, onActivity: () => void (activity += 1) });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const port = Number(new URL(url).port);
  return {
    port,
    url,
    token,
    paths,
    artifacts,
    errors,
    activity: () => activity,
    send: (method, path, sent = {}) =>
      send(port, method, path, { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } }),
    close: async () => {
      await app.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One request by Node's own client, which sends exactly what it is told to. */
export function send(port: number, method: string, path: string, { body, headers }: Sent): Promise<Answer> {
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path: path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`,
        agent: false,
        headers: {
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const answer = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: answer,
            json: parse(answer),
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A run to log to, in the default experiment. */
export async function createRun(server: TestServer): Promise<string> {
  const { json } = await server.send("POST", "runs/create", { body: { experiment_id: "0", start_time: 1 } });
  return (json as { run: { info: { run_id: string } } }).run.info.run_id;
}
