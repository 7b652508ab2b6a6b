import { lstat, realpath } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { CairnError, toError, wrapError } from "../../shared/errors.js";

/** Longest path that is taken; what file systems allow is less in places and is their own error. */
const MAX_LENGTH = 4096;
/** How often a path may be percent-encoded before it is refused as an attempt to hide something. */
const MAX_DECODES = 10;

/**
 * The parts of a relative artifact path; empty for the root. Refuses what MLflow's `validate_path_is_safe` refuses
 * (absolute, `..`, backslash, drive letter, `#`, also hidden by repeated percent-encoding), and control characters.
 */
export function splitArtifactPath(path: string): string[] {
  let seen = path;
  for (let round = 0; ; round += 1) {
    refuseUnsafe(seen, path);
    const decoded = decode(seen);
    if (decoded === seen) break;
    if (round === MAX_DECODES) throw unsafe(path);
    seen = decoded;
  }
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function refuseUnsafe(path: string, original: string): void {
  const wrong =
    path.length > MAX_LENGTH ||
    path.startsWith("/") ||
    // A colon after the first letter is a drive on Windows and `file:` in a URI; both leave the folder.
    /^[a-z]:/i.test(path) ||
    /^file:/i.test(path) ||
    // Cc are the control characters, NUL among them.
    /[\\#\p{Cc}]/u.test(path) ||
    path.split("/").includes("..");
  if (wrong) throw unsafe(original);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function unsafe(path: string): CairnError {
  return new CairnError("invalid", `Invalid path: ${JSON.stringify(path.slice(0, 200))}`);
}

/**
 * The absolute path of an artifact below `root`, which must exist and be free of links itself. Refuses a path that
 * leads outside through a link, whether or not its last parts exist yet.
 */
export async function resolveArtifactPath(root: string, parts: readonly string[]): Promise<string> {
  const target = join(root, ...parts);
  if (!isInside(root, resolve(target))) throw unsafe(parts.join("/"));
  const real = await realOfExisting(target);
  if (!isInside(root, real)) throw unsafe(parts.join("/"));
  return target;
}

/** Where the deepest existing part of a path really is. A dangling link counts as existing, and is refused. */
async function realOfExisting(path: string): Promise<string> {
  for (let current = path; ;) {
    try {
      return await realpath(current);
    } catch (error) {
      const { code } = toError(error) as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") throw wrapError("look at", current, error);
      const found = code === "ENOENT" ? await kindOf(current) : "nothing";
      if (found === "link") throw unsafe(path);
      // Anything else that is there now was made since: it is asked for again.
      if (found === "nothing") current = dirname(current);
    }
  }
}

async function kindOf(path: string): Promise<"nothing" | "link" | "other"> {
  try {
    return (await lstat(path)).isSymbolicLink() ? "link" : "other";
  } catch {
    return "nothing";
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
