import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import type { Change, Look } from "./types.js";

/** Id of the content that a pointer of Git LFS stands for. */
function pointerOf(blob: Buffer | undefined): string | undefined {
  const text = blob?.toString("latin1") ?? "";
  if (!text.startsWith("version https://git-lfs.github.com/spec/")) return undefined;
  return /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
}

async function sha256(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/**
 * Takes what goes through a filter out of the changes: the filter is a command and is not run, so that the work tree
 * cannot be compared with the commit. Only of Git LFS it is known, without running it, what the pointer would be.
 * @param filters names by path
 * @param read contents of committed pointers; undefined: contents are not looked at
 */
export async function settleFiltered(
  look: Look,
  filters: ReadonlyMap<string, string>,
  root: string,
  read: ((changes: readonly Change[]) => Promise<ReadonlyMap<string, Buffer>>) | undefined,
  signal: AbortSignal,
): Promise<void> {
  const filtered = look.changes.filter((change) => change.exists && filters.has(change.path));
  if (filtered.length === 0) return;
  const pointers = await read?.(filtered);
  const same = new Set<Change>();
  for (const change of filtered) {
    const name = filters.get(change.path) ?? "";
    const through = `goes through the filter "${name}", which is not run`;
    if (!pointers) {
      look.leftOut.push({ name: change.path, reason: through });
      same.add(change);
      continue;
    }
    if (change.mode === "120000") continue;
    const digest = await sha256(path.join(root, change.path), signal);
    const before = pointerOf(pointers.get(change.path));
    const isContent = change.change === "modified" && before === digest;
    if (isContent) same.add(change);
    else look.leftOut.push({ name: change.path, reason: `${through} (content: SHA-256 ${digest})` });
  }
  look.changes = look.changes.filter((change) => !same.has(change));
}
