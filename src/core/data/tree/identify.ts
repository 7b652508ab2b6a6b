import path from "node:path";
import { dirOid } from "../dvc/dirObject.js";
import { legacyMd5OfFile } from "../dvc/hash.js";
import type { FileTask, ThreadPool } from "../threads/index.js";
import type { Scan, ScannedFile } from "./scan.js";
import { Known } from "./statCache.js";

const BATCH_FILES = 500;
const BATCH_BYTES = 64 << 20;

/** What is on disk, hashed. */
export interface Identified {
  md5: string;
  entries: ScannedFile[];
  known: Known;
  /** Something was read: `known` is worth to be kept. */
  isNews: boolean;
}

/**
 * The hash of a dataset as it lies on disk; only files that look otherwise than they did are read.
 * @param isLegacy by the hash of DVC before version 3
 */
export async function identify(
  { target, name }: { target: string; name: string },
  found: Scan,
  known: Known,
  { threads, isLegacy }: { threads: ThreadPool; isLegacy: boolean },
): Promise<Identified> {
  const entries = found.files;
  for (const [i, file] of entries.entries()) file.md5 = known.md5Of(file, i) ?? "";
  const fresh = entries.filter(({ md5 }) => md5 === "");
  const isWhole = fresh.length === 0 && entries.length === known.size;
  if (isWhole && known.md5.endsWith(".dir") === found.isFolder)
    return { md5: known.md5, entries, known, isNews: false };
  const taskOf = ({ relpath }: ScannedFile): FileTask => ({
    file: relpath === "" ? target : path.join(target, relpath),
    name: relpath === "" ? name : `${name}/${relpath}`,
  });
  if (isLegacy) for (const file of fresh) file.md5 = await legacyMd5OfFile(taskOf(file).file);
  else await Promise.all(batches(fresh).map((batch) => identifyBatch(batch, batch.map(taskOf), threads)));
  const md5 = found.isFolder ? dirOid(entries) : (entries[0]?.md5 ?? "");
  return { md5, entries, known: Known.of(entries, md5), isNews: true };
}

async function identifyBatch(
  batch: Identified["entries"],
  tasks: FileTask[],
  threads: ThreadPool,
): Promise<void> {
  const { files } = await threads.run("identify", { files: tasks });
  for (const [i, { md5, stat }] of files.entries()) {
    const entry = batch[i];
    if (entry) Object.assign(entry, stat, { md5 });
  }
}

function batches<T extends { size: number }>(files: readonly T[]): T[][] {
  const result: T[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    const last = result.at(-1);
    if (last && last.length < BATCH_FILES && bytes + file.size <= BATCH_BYTES) last.push(file);
    else result.push([file]);
    bytes = last === result.at(-1) ? bytes + file.size : file.size;
  }
  return result;
}
