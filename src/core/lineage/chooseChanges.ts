import { lstat } from "node:fs/promises";
import path from "node:path";
import type { LeftOut } from "../../shared/capture.js";
import type { CaptureLimits, Change, SecretFilter } from "./types.js";

export function bytes(count: number): string {
  if (count >= 1 << 20) return `${Math.round((count / (1 << 20)) * 10) / 10} MB`;
  return count >= 1 << 10 ? `${Math.round(count / (1 << 10))} KB` : `${count} bytes`;
}

/** 0 where nothing is any more, undefined for what is no file and no link. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await lstat(file);
    return found.isFile() || found.isSymbolicLink() ? found.size : undefined;
  } catch {
    return 0;
  }
}

/** Sorts out which changes may be in a patch, and says of the others why not. */
export async function chooseChanges(
  root: string,
  changes: readonly Change[],
  secrets: SecretFilter,
  limits: CaptureLimits,
): Promise<{ chosen: Change[]; leftOut: LeftOut[] }> {
  const chosen: Change[] = [];
  const leftOut: LeftOut[] = [];
  const untracked: { change: Change; size: number }[] = [];
  for (const change of changes) {
    const reason = reasonAgainst(change, secrets);
    const size = change.exists ? await sizeOf(path.join(root, change.path)) : 0;
    if (reason !== undefined) leftOut.push({ name: change.path, reason });
    else if (size === undefined) leftOut.push({ name: change.path, reason: "neither a file nor a link" });
    else if (change.change === "untracked") untracked.push({ change, size });
    else if (size > limits.changedFile) {
      leftOut.push({ name: change.path, reason: `larger than ${bytes(limits.changedFile)}` });
    } else chosen.push(change);
  }
  // Small ones first: code before data.
  let total = 0;
  for (const { change, size } of untracked.sort((a, b) => a.size - b.size)) {
    if (size > limits.untrackedFile) {
      leftOut.push({ name: change.path, reason: `a new file larger than ${bytes(limits.untrackedFile)}` });
    } else if (total + size > limits.untrackedTotal) {
      const reason = `the new files are larger than ${bytes(limits.untrackedTotal)} together`;
      leftOut.push({ name: change.path, reason });
    } else {
      total += size;
      chosen.push(change);
    }
  }
  chosen.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { chosen, leftOut };
}

/**
 * Takes out what cannot be applied without something that is left out: a file in a folder that was a file, or in the
 * place of a folder.
 */
export function withoutOrphans<T extends { path: string }>(sections: readonly T[], leftOut: LeftOut[]): T[] {
  const missing = new Map(leftOut.map(({ name }) => [name, name]));
  const above = new Map<string, string>();
  for (const { name } of leftOut) for (const folder of foldersOf(name)) above.set(folder, name);
  return sections.filter(({ path: name }) => {
    const without = above.get(name) ?? foldersOf(name).flatMap((folder) => missing.get(folder) ?? [])[0];
    if (without !== undefined)
      leftOut.push({ name, reason: `needs the change of ${without}, which is left out` });
    return without === undefined;
  });
}

/** `a/b/c` lies in `a` and `a/b`. */
function foldersOf(name: string): string[] {
  const parts = name.replace(/\/$/, "").split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function reasonAgainst({ path: name, from, mode }: Change, secrets: SecretFilter): string | undefined {
  if (name.endsWith("/")) return "a Git repository of its own";
  if (mode === "160000") return "a submodule";
  if (name.includes("\ufffd")) return "its name is not UTF-8";
  return secrets.file(name) ?? (from === undefined ? undefined : secrets.file(from));
}
