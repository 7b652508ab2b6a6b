import { loadConfig } from "../../core/config/index.js";
import { createRedactor } from "../../core/redact/index.js";
import { Follower, type FollowerOptions } from "./follower.js";

/** Attaches to the launched runs of a project what they write in formats of other tools, until it is closed. */
export function followRuns(options: Omit<FollowerOptions, "redact">): Follower {
  return new Follower({
    ...options,
    redact: async (params) => {
      const { redact } = await loadConfig(options.paths.root);
      return createRedactor(redact).params(params).value;
    },
  });
}
