import { realpath } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SCHEME = /^\w[\w+.-]+:/;

/**
 * Absolute path of a file that a run names, relative to `base`. Undefined for an address, and for a name that would be
 * asked for on the network (`\\server\share`), to which Windows would send the user's credentials.
 */
export function localPath(name: string, base: string): string | undefined {
  const plain = name.startsWith("file:") ? pathOfUrl(name) : name.replace(/^~(?=[/\\])/, os.homedir());
  if (plain === undefined || plain === "" || plain.includes("\0")) return undefined;
  if (/^[/\\]{2}/.test(plain) || SCHEME.test(plain)) return undefined;
  return path.resolve(base, plain);
}

/** The folder that a run's or a model's files lie in; undefined where they are kept elsewhere. */
export function localFolder(root: string): string | undefined {
  if (root.startsWith("file:")) return pathOfUrl(root);
  return SCHEME.test(root) ? undefined : root;
}

/**
 * Absolute path of `file` below `folder`: `outside` when it, or a link on the way, leads out; `missing` when it is not
 * there.
 */
export async function insideOf(
  folder: string,
  file: string,
): Promise<{ path: string } | { reason: "outside" | "missing" }> {
  const target = path.resolve(folder, file);
  if (!target.startsWith(path.resolve(folder) + path.sep)) return { reason: "outside" };
  try {
    const [base, real] = await Promise.all([realpath(folder), realpath(target)]);
    return real.startsWith(base + path.sep) ? { path: target } : { reason: "outside" };
  } catch {
    return { reason: "missing" };
  }
}

function pathOfUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
