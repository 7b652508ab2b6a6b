import { findGit } from "./git/findGit.js";
import { gitBackend } from "./git/gitBackend.js";
import type { GitBackend } from "./types.js";

/** The user's own git where there is one. The other is loaded only when it is needed. */
export async function defaultBackend(environment: NodeJS.ProcessEnv = process.env): Promise<GitBackend> {
  const git = findGit(environment);
  if (git !== undefined) return gitBackend(git);
  const { plainBackend } = await import("./plain/plainBackend.js");
  return plainBackend;
}
