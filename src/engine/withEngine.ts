import { existsSync } from "node:fs";
import os from "node:os";
import { projectPaths } from "../core/project/index.js";
import type { Logger } from "../core/logger.js";
import { CairnError } from "../shared/errors.js";
import { connectEngine, type ConnectOptions, type EngineClient } from "./client/index.js";
import { startEngine } from "./engine.js";
import { LockedError } from "./lock.js";

const RETRY_MS = 100;
const TIMEOUT_MS = 15_000;

/**
 * Does `work` with the project's engine: the one that runs, else one in this process that ends with the work, so that
 * a single command leaves nothing running. Another command that holds the project is waited for, 15 seconds at most.
 * Where nothing can be written (a read-only folder, another host's project) the engine is one that only reads.
 */
export async function withEngine<T>(
  options: Omit<ConnectOptions, "start"> & { logger: Logger },
  work: (client: EngineClient) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + (options.timeoutMs ?? TIMEOUT_MS);
  for (;;) {
    const { client, close } = (await join(options)) ?? (await open(options, deadline)) ?? {};
    if (client && close) {
      try {
        return await work(client);
      } finally {
        await close();
      }
    }
    options.signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

interface Opened {
  client: EngineClient;
  close: () => Promise<void>;
}

async function join(options: Omit<ConnectOptions, "start">): Promise<Opened | undefined> {
  try {
    const client = await connectEngine({ ...options, start: "never" });
    const close = () => {
      client.dispose();
      return Promise.resolve();
    };
    return { client, close };
  } catch (error) {
    if (error instanceof CairnError && error.code === "unavailable") return undefined;
    throw error;
  }
}

async function open(
  options: Omit<ConnectOptions, "start"> & { logger: Logger },
  deadline: number,
): Promise<Opened | undefined> {
  const paths = projectPaths(options.project, options.dataDir);
  const serve = async (readOnly: boolean): Promise<Opened> => {
    const engine = await startEngine({ paths, mode: "inProcess", logger: options.logger, readOnly });
    const client = engine.connect(options.kind);
    return { client, close: () => engine.close("the command is done") };
  };
  try {
    return await serve(false);
  } catch (error) {
    if (canOnlyRead(error) && existsSync(paths.database)) return serve(true);
    if (error instanceof LockedError && Date.now() < deadline) return undefined;
    throw error;
  }
}

/** The folder cannot be written, or another host writes to it. */
function canOnlyRead(error: unknown): boolean {
  if (error instanceof LockedError) return error.holder !== undefined && error.holder.host !== os.hostname();
  return error instanceof CairnError && error.code === "refused";
}
