import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { TestProject, until } from "../engine/projects.ts";
import { type TrackingServer, trackingServer } from "./trackingServer.ts";

/** Cairn's engine of a project of its own; `restart` starts it again on the same port with the same token. */
export interface EngineServer extends TrackingServer {
  /** The project's; a script that runs there keeps what it logs in the project's spool. */
  folder: string;
  /** Names of what scripts have left in the spool. */
  spool(): string[];
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export async function startEngine(): Promise<EngineServer> {
  const project = new TestProject("cairn py");
  const start = async (notPid?: number) => {
    project.startEngine();
    return until(
      () => (project.engineFile?.pid === notPid ? undefined : project.engineFile),
      "the engine has written engine.json",
      60_000,
    );
  };
  const file = await start();
  let { pid } = file;
  return {
    ...trackingServer(`http://127.0.0.1:${file.port}`, () => project.dispose(), file.token),
    folder: project.folder,
    spool: () => {
      const folder = join(project.paths.data, "spool");
      return existsSync(folder) ? readdirSync(folder).sort() : [];
    },
    kill: () => project.killEngine(),
    restart: async () => {
      const next = await start(pid);
      if (next.port !== file.port || next.token !== file.token) throw new Error("Port or token changed.");
      ({ pid } = next);
    },
  };
}
