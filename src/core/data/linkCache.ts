import { chmodSync, existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import type { DirEntry } from "./dvc/dirObject.js";
import { cachePath } from "./dvc/dvcRepository.js";
import { secure } from "./store/index.js";
import type { DataProject } from "./context.js";

const KEY = "dvcCache";

/** Whether what is added is to be in DVC's cache too: as it is said now, else as it was said before. */
export function wantsCache({ database, dvc }: DataProject, said: boolean | undefined): boolean {
  if (said !== undefined) {
    database
      .prepare("INSERT INTO cairn VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
      .run(KEY, said ? 1 : 0);
  }
  const chosen: unknown = database.prepare("SELECT value FROM cairn WHERE key = ?").pluck().get(KEY);
  return dvc !== undefined && chosen === 1;
}

/**
 * Puts a version into DVC's cache, so that `dvc checkout` and `dvc push` find it. DVC trusts what is read-only there:
 * each object is written beside, verified, made safe and renamed.
 */
export async function linkIntoCache(
  project: DataProject,
  md5: string,
  entries: readonly DirEntry[],
): Promise<void> {
  const { dvc, store, contents, context } = project;
  if (!dvc) return;
  // The list of a folder's files last: DVC takes what it names for complete.
  const wanted = [...new Set(entries.map((entry) => entry.md5)), ...(md5.endsWith(".dir") ? [md5] : [])];
  for (const id of wanted) {
    context.signal.throwIfAborted();
    const file = cachePath(dvc, id, false);
    if (existsSync(file)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = store.files.claim(`${file}.${process.pid}.tmp`);
    try {
      await contents.writeTo({ md5: id, isLegacy: false }, temporary.file, () => undefined);
      secure(temporary.file);
      renameSync(temporary.file, file);
      chmodSync(file, 0o444);
    } finally {
      store.files.remove(temporary);
    }
  }
}
