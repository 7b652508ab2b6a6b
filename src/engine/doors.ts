import { rmSync } from "node:fs";
import os from "node:os";
import type { ArtifactStore } from "../core/artifacts/types.js";
import type { TrackingStore } from "../core/tracking/types.js";
import type { EngineRequests, Health } from "../shared/protocol.js";
import { type Access, saveAccess } from "./access.js";
import type { Cleanup } from "./cleanup.js";
import type { EngineFile } from "./client/handshake.js";
import { writePrivately } from "./dataFolder.js";
import type { Handlers } from "./handlers/index.js";
import { createHttpServer } from "./http/index.js";
import { listenHttp } from "./listenHttp.js";
import { listenSocket } from "./listenSocket.js";
import type { EngineOptions } from "./options.js";
import type { Audience } from "./rpc/audience.js";
import { Session } from "./rpc/session.js";

/** Where clients and training code reach the engine. */
export interface Door {
  trackingUri: string;
  /** No further clients are let in. */
  refuseNew(): void;
}

export interface DoorDeps {
  options: EngineOptions;
  access: Access;
  store: TrackingStore;
  artifacts: ArtifactStore;
  handlers: Handlers;
  audience: Audience;
  experimentOf: (runId: string) => Promise<string | undefined>;
  hello: () => EngineRequests["hello"]["result"];
  cleanup: Cleanup;
  problems: Health["problems"];
  startTime: number;
  version: string;
  protocol: number;
  onActivity: () => void;
}

/** Opens HTTP and the socket, then says in engine.json where they are. Only for the holder of the lock. */
export async function openDoors(deps: DoorDeps): Promise<Door> {
  const { paths, logger } = deps.options;
  // Where nothing can be written there is nothing to log to.
  const port = deps.options.readOnly ? 0 : await openHttp(deps);
  let open = true;
  const server = await listenSocket(paths.socket, (socket) => {
    if (!open) {
      socket.destroy();
      return;
    }
    const session = new Session(
      socket,
      { ...deps, token: deps.access.token, welcome: deps.hello, logger },
      (ended) => {
        deps.audience.leave(ended);
      },
    );
    deps.audience.join(session);
  });
  deps.cleanup.add("close the socket", () => {
    server.close();
  });
  writeEngineFile(deps, port);
  logger.info(`The engine ${deps.version} listens: port ${port}, ${paths.socket}.`);
  return {
    trackingUri: port === 0 ? "" : `http://127.0.0.1:${port}`,
    refuseNew: () => {
      open = false;
      rmSync(paths.engineFile, { force: true });
    },
  };
}

async function openHttp(deps: DoorDeps): Promise<number> {
  const { access, store, artifacts, problems, cleanup, onActivity } = deps;
  const { paths, logger } = deps.options;
  const make = () => createHttpServer({ store, artifacts, token: access.token, logger, onActivity });
  const { server, port, warning } = await listenHttp(make, paths.root, access.port);
  cleanup.add("close the HTTP server", async () => {
    await server.close();
  });
  if (warning !== undefined) {
    logger.warn(warning);
    const hint = "Processes that were started with the old address must be started again to log here.";
    problems.push({ severity: "warning", message: warning, hint });
  }
  if (access.port !== port) saveAccess(paths, Object.assign(access, { port }));
  return port;
}

function writeEngineFile(deps: DoorDeps, port: number): void {
  const { paths } = deps.options;
  const { version, protocol, startTime } = deps;
  const file: EngineFile = {
    pid: process.pid,
    host: os.hostname(),
    socket: paths.socket,
    port,
    version,
    protocol,
    token: deps.access.token,
    project: paths.root,
    startTime,
  };
  writePrivately(paths.engineFile, JSON.stringify(file));
  deps.cleanup.add("remove engine.json", () => {
    rmSync(paths.engineFile, { force: true });
  });
}
