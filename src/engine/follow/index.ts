import { loadConfig } from "../../core/config/index.js";
import { createRedactor, findSecrets } from "../../core/redact/index.js";
import { Follower, type FollowerOptions } from "./follower.js";

/**
 * Attaches to the launched runs of a project what they write in formats of other tools, until it is closed. The secrets
 * that a run knows come with its start; of one that an earlier engine started, those of the project are known.
 */
export function followRuns(options: Omit<FollowerOptions, "redactorOf">): { close: () => Promise<void> } {
  const { launcher, paths } = options;
  const secrets = new Map<string, readonly string[]>();
  const stop = [
    launcher.onStarted((run) => secrets.set(run.runId, run.secrets)),
    launcher.onEnding((runId) => {
      // Kept until the last of it is read: the follower's own listener is asked in the same breath.
      setTimeout(() => secrets.delete(runId), KEEP_MS).unref();
      return Promise.resolve();
    }),
  ];
  const follower = new Follower({
    ...options,
    redactorOf: async (runId) => {
      const { redact } = await loadConfig(paths.root);
      const isNamed = createRedactor(redact).name;
      return createRedactor(redact, secrets.get(runId) ?? findSecrets(process.env, [paths.root], isNamed));
    },
  });
  return {
    close: async () => {
      for (const undo of stop) undo();
      await follower.close();
    },
  };
}

const KEEP_MS = 120_000;
