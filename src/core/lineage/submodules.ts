import { existsSync } from "node:fs";
import path from "node:path";
import { toError } from "../../shared/errors.js";
import type { GitBackend, Look } from "./types.js";

export interface Submodule {
  /** Relative to the repository. */
  path: string;
  /** What the index says. */
  commit: string;
}

const NAMED = 5;

/** Adds to `look` how a submodule differs from the commit. One that is not checked out does not. */
export async function lookAtSubmodule(
  look: Look,
  root: string,
  submodule: Submodule,
  backend: GitBackend,
  signal: AbortSignal,
): Promise<void> {
  const { path: name } = submodule;
  const folder = path.join(root, name);
  if (!existsSync(path.join(folder, ".git"))) return;
  const listed = look.changes.find((change) => change.path === name);
  const tell = (reason: string): void => {
    look.leftOut.push({ name, reason });
    if (!listed) {
      const known = { mode: "160000", oid: submodule.commit, exists: true };
      look.changes.push({ path: name, change: "modified", ...known });
    }
  };
  try {
    const inside = await (await backend.open(folder, signal))?.look({ quick: false });
    if (inside === undefined) return;
    const at = inside.commit ?? "no commit";
    const changed = [
      ...inside.changes.map((change) => change.path),
      ...inside.leftOut.map((item) => item.name),
    ];
    const files = [...new Set(changed)];
    if (listed || at !== submodule.commit) tell(`a submodule, at ${at} instead of what the commit says`);
    if (files.length > 0) {
      const named = files.slice(0, NAMED).join(", ") + (files.length > NAMED ? ", …" : "");
      tell(`a submodule with ${files.length} changed files: ${named}`);
    }
    for (const note of inside.notes) look.notes.push(`Submodule ${name}: ${note}`);
  } catch (error) {
    signal.throwIfAborted();
    tell(`a submodule that cannot be read: ${toError(error).message}`);
  }
}
