import { openSync, closeSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startTree } from "../../host/processes.ts";
import { pythonOf } from "../../peers/env.ts";

export interface MlflowServer {
  port: number;
  /** Its SQLite database. */
  database: string;
  stop(): Promise<void>;
}

/**
 * A real `mlflow server` on SQLite, ready for requests.
 * @param options.workers its own default (4) unless given
 * @param options.database a database to serve, which is kept; else an empty one in a folder that goes with it
 */
export async function startMlflowServer(
  options: { workers?: number; database?: string } = {},
): Promise<MlflowServer> {
  const python = await pythonOf("tracking");
  const folder = await mkdtemp(join(tmpdir(), "cairn-mlflow-"));
  const database = options.database ?? join(folder, "mlflow.db");
  const port = await freePort();
  const log = join(folder, "log");
  closeSync(openSync(log, "a"));
  const tree = startTree(
    python,
    [
      ...["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port)],
      ...[
        "--backend-store-uri",
        `sqlite:///${database}`,
        "--artifacts-destination",
        join(folder, "artifacts"),
      ],
      ...(options.workers === undefined ? [] : ["--workers", String(options.workers)]),
    ],
    {
      cwd: folder,
      env: {
        ...process.env,
        // It starts its web server by name.
        PATH: `${dirname(python)}:${process.env.PATH ?? ""}`,
        MLFLOW_DISABLE_TELEMETRY: "true",
      },
      output: { file: log },
    },
  );
  const stop = async () => {
    await tree.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilHealthy(port, tree.exited, () => readFileSync(log, "utf8").slice(-2000));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, database, stop };
}

async function untilHealthy(port: number, exited: Promise<number>, log: () => string): Promise<void> {
  const deadline = Date.now() + 180_000;
  let ended = false;
  exited.then(
    () => (ended = true),
    () => (ended = true),
  );
  while (Date.now() < deadline && !ended) {
    const healthy = await fetch(`http://127.0.0.1:${port}/health`, {
      signal: AbortSignal.timeout(2000),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    await delay(200);
  }
  throw new Error(`mlflow server did not start:\n${log()}`);
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
