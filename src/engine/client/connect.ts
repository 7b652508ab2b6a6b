import { projectPaths } from "../../core/project/index.js";
import type { ConnectOptions, EngineClient } from "./types.js";

/**
 * Connects to the project's engine; starts one or takes over from an older one where `options.start` allows.
 * Throws CairnError: `unavailable` when none runs or none comes up (with the end of its log), `busy` when somebody
 * else holds the project, `tooNew` when this client is too old for the engine, else whatever stopped the engine.
 */
export async function connectEngine(options: ConnectOptions): Promise<EngineClient> {
  // Most windows of an editor talk to no engine while they start: they need not load what can.
  const { Attempt } = await import("./attempt.js");
  const attempt = new Attempt(projectPaths(options.project, options.dataDir), options);
  try {
    const client = await attempt.run();
    if (options.onNotification) client.onAny(options.onNotification);
    return client;
  } finally {
    attempt.dispose();
  }
}
