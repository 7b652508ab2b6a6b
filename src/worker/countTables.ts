import { statSync } from "node:fs";
import path from "node:path";
import type { DataProject } from "../core/data/index.js";
import { sizeOfTable } from "../core/table/index.js";
import { CairnError } from "../shared/errors.js";

export interface CountOptions {
  signal: AbortSignal;
  /** Stops at the next content after so many milliseconds. */
  maxMs?: number | undefined;
}

/**
 * Finds out how many rows and columns stored contents have that are tables. Returns how many are left to be looked at.
 */
export async function countTables(
  { sets, store }: DataProject,
  { signal, maxMs = Infinity }: CountOptions,
): Promise<number> {
  const begin = performance.now();
  const waiting = sets.uncounted();
  let left = waiting.length;
  for (const { md5, path: name } of waiting) {
    if (performance.now() - begin > maxMs) break;
    try {
      sets.setTable(md5, await countOne(store, md5, path.basename(name), signal));
    } catch (error) {
      if (!(error instanceof CairnError)) throw error;
      // Without DuckDB, or room for a copy, none of the others would be counted either.
      if (error.code === "unavailable" || error.code === "full") return 0;
      if (error.code !== "corrupt" && error.code !== "notFound") throw error;
      // A remote may still have what is damaged here, under the same hash: it is looked at again another time.
    }
    left--;
  }
  return left;
}

async function countOne(
  store: DataProject["store"],
  md5: string,
  name: string,
  signal: AbortSignal,
): ReturnType<typeof sizeOfTable> {
  const { recipe, offset, size, path: lies } = store.find(md5);
  const whole = store.files.pathOf(lies);
  const isAlone = statSync(whole, { throwIfNoEntry: false })?.size === size;
  if (recipe === "raw" && offset === 0 && isAlone) return sizeOfTable(whole, name, signal);
  const copy = store.files.create("tmp");
  try {
    store.writeTo(md5, copy.file);
    return await sizeOfTable(copy.file, name, signal);
  } finally {
    store.files.remove(copy);
  }
}
