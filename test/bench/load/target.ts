import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, type EngineClient } from "../../../src/engine/client/index.ts";
import { type MlflowServer, startMlflowServer } from "../../engine/http/mlflowServer.ts";

/** A server under measurement. */
export interface Target {
  name: string;
  port: number;
  /** Header lines of each request, CRLF at the end of each. */
  head: string;
}

export interface Cairn extends Target {
  engine: EngineClient;
}

/** The real engine on a project that `prepare` may put a database into. */
export async function withCairn<T>(
  prepare: (project: string) => Promise<void>,
  work: (target: Cairn) => Promise<T>,
): Promise<T> {
  const project = await mkdtemp(join(tmpdir(), "cairn-bench-"));
  try {
    await prepare(project);
    const engine = await connectEngine({ project, kind: "test", start: "ifNeeded" });
    const closed = new Promise<void>((resolve) => engine.onClose(resolve));
    try {
      const environment = await engine.request("environment", {});
      const { MLFLOW_TRACKING_URI: uri = "", MLFLOW_TRACKING_TOKEN: token = "" } = environment;
      const { port, host } = new URL(uri);
      const head = `Host: ${host}\r\nAuthorization: Bearer ${token}\r\n`;
      return await work({ name: "Cairn", port: Number(port), head, engine });
    } finally {
      await engine.request("drain", { reason: "measured" });
      await closed;
    }
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** The real `mlflow server` with its default number of workers, which answers on a connection that is kept. */
export async function withMlflow<T>(
  database: string | undefined,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const server: MlflowServer = await startMlflowServer(database === undefined ? {} : { database });
  try {
    return await work({
      name: "mlflow server",
      port: server.port,
      head: `Host: 127.0.0.1:${server.port}\r\n`,
    });
  } finally {
    await server.stop();
  }
}
