import { chmodSync, statSync } from "node:fs";
import path from "node:path";
import type { DataProject } from "./context.js";
import type { DirEntry } from "./dvc/dirObject.js";
import type { WantedVersion } from "./resolveVersion.js";
import { type FileStat, ThreadPool } from "./threads/index.js";

const BATCH_FILES = 1000;
const BATCH_BYTES = 32 << 20;
/** Less is made here before threads have started, and what cannot be shared among them. */
const WORTH_THREADS = 16 << 20;
/** More takes so long that it must be possible to stop it in the middle. */
const LONG = 256 << 20;
/** Bytes that all threads together may hold of what others are made of; each may need two of them at once. */
const MEMORY = 96 << 20;

/** A file that was made beside its place, and how it looked then. */
export type Staged = DirEntry & Pick<FileStat, "size" | "mtimeMs" | "ino">;

interface Waiting extends DirEntry {
  file: string;
  size: number;
}

/**
 * Makes the contents of a version in a folder, as files that are called by their number. Those of the store are made by
 * threads; what only DVC's cache has, or is damaged, is seen to here. Throws `notFound`, `corrupt`, `full`, `cancelled`.
 */
export async function stage(
  { context, store, contents }: DataProject,
  { place, isLegacy, isExecutable }: WantedVersion,
  entries: readonly DirEntry[],
  folder: string,
): Promise<Staged[]> {
  const waiting = entries.map((entry, i): Waiting => {
    const size = isLegacy ? undefined : store.objects.byMd5(entry.md5)?.size;
    return { ...entry, file: path.join(folder, String(i)), size: size ?? -1 };
  });
  const total = waiting.reduce((sum, { size }) => sum + Math.max(0, size), 0);
  let done = 0;
  const onBytes = (count: number) => {
    done += count;
    context.onProgress?.({ bytes: done, total: Math.max(done, total), what: "restored" });
  };
  const mode = isExecutable ? 0o755 : 0o644;
  const since = store.files.newest();
  const threads = new ThreadPool(context.signal, onBytes);
  try {
    const batches = batchesOf(waiting.filter(({ size }) => size >= 0));
    if (total < (batches.length > 1 ? WORTH_THREADS : LONG)) batches.length = 0;
    const memory = Math.floor(MEMORY / Math.max(1, Math.min(threads.size, batches.length)));
    const made = await Promise.all(
      batches.map(async (batch) => {
        const tasks = batch.map(({ md5, file, relpath }) => {
          return { md5, file, name: relpath === "" ? place.path : `${place.path}/${relpath}` };
        });
        const { files } = await threads.run("restore", {
          ...{ database: context.paths.database, memory, mode },
          contents: tasks,
        });
        return files.flatMap((stat, i) => (stat ? [[batch[i]?.file ?? "", stat] as const] : []));
      }),
    );
    const stats = new Map(made.flat());
    const staged: Staged[] = [];
    for (const { file, md5, relpath } of waiting) {
      if (!stats.has(file)) {
        await new Promise(setImmediate);
        context.signal.throwIfAborted();
        await contents.writeTo({ md5, isLegacy }, file, onBytes);
        chmodSync(file, mode);
      }
      const { size, mtimeMs, ino } = stats.get(file) ?? statSync(file);
      staged.push({ md5, relpath, size, mtimeMs, ino });
    }
    return staged;
  } finally {
    await threads.close();
    // A thread that was ended in the middle could not.
    store.files.removeTemporary(since);
  }
}

/** Of about the same size; the largest contents come first, because they take the longest. */
function batchesOf(waiting: readonly Waiting[]): Waiting[][] {
  const batches: Waiting[][] = [];
  let bytes = Infinity;
  for (const each of waiting.toSorted((a, b) => b.size - a.size)) {
    const last = batches.at(-1);
    const fits = last && last.length < BATCH_FILES && bytes + each.size <= BATCH_BYTES;
    if (fits) last.push(each);
    else batches.push([each]);
    bytes = fits ? bytes + each.size : each.size;
  }
  return batches;
}
