import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startTree } from "../host/processes.ts";
import { pythonOf } from "../peers/env.ts";
import { type TrackingServer, trackingServer } from "./trackingServer.ts";

const startLimitMs = 180_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The socket has no port.");
  server.close();
  await once(server, "close");
  return address.port;
}

/** A real `mlflow server` of the locked environment, with its database and artifacts in `folder`. */
export async function startMlflow(folder: string): Promise<TrackingServer> {
  const port = await freePort();
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
  while (!(await healthy(`http://127.0.0.1:${port}`))) {
    if (Date.now() > deadline || tree.child.exitCode !== null) {
      await tree.stop();
      throw new Error(`mlflow server did not come up; see ${folder}/server.log`);
    }
    await delay(100);
  }
  return server;
}

async function healthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}
