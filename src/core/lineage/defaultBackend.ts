import { CairnError } from "../../shared/errors.js";
import { findGit } from "./git/findGit.js";
import { gitBackend } from "./git/gitBackend.js";
import type { GitBackend } from "./types.js";

/** The user's own git where there is one. The other is loaded only when it is needed. */
export function defaultBackend(environment: NodeJS.ProcessEnv = process.env): Promise<GitBackend> {
  const git = findGit(environment);
  if (git !== undefined) return Promise.resolve(gitBackend(git));
  return Promise.reject(new CairnError("unavailable", "There is no git on the PATH."));
}
