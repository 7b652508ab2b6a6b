import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { ProjectPaths } from "../project/index.js";
import { CairnError } from "../../shared/errors.js";
import { asStoreError } from "./errors.js";
import { openNative } from "./native.js";

/** Pages (of 4 KiB) given back in one transaction: writers wait a few milliseconds at most. */
const PAGES_A_TURN = 250;
const INCREMENTAL = 2;
const BUSY_TIMEOUT = 5000;

/**
 * Gives the space of what was deleted back to the file system, bit by bit, while the database is in use. Meant for a
 * worker of whoever holds the project. An old database that cannot do that is written anew, during which nobody can
 * write to it: only with `alone`, else it stays as it is and its free space is used again. Returns the sizes of the
 * file in bytes. Throws `busy`, `full`, `cancelled`, `corrupt`.
 */
export async function compactDatabase(
  { database: file }: Pick<ProjectPaths, "database">,
  {
    alone,
    onProgress,
    signal,
  }: { alone: boolean; onProgress?: (part: number) => void; signal?: AbortSignal },
): Promise<{ before: number; after: number }> {
  const before = statSync(file).size;
  const database = openNative(file, { timeout: BUSY_TIMEOUT, fileMustExist: true });
  try {
    const free = (): number => Number(database.pragma("freelist_count", { simple: true }));
    if (Number(database.pragma("auto_vacuum", { simple: true })) === INCREMENTAL) {
      const all = free();
      let left = all;
      while (left > 0) {
        if (signal?.aborted) throw new CairnError("cancelled", "Cancelled.");
        database.pragma(`incremental_vacuum(${PAGES_A_TURN})`);
        const now = free();
        // Whoever writes frees and takes pages meanwhile: what it frees now is for the next time.
        if (now >= left) break;
        left = now;
        onProgress?.(1 - left / all);
        await delay(1);
      }
    } else if (alone) {
      database.pragma(`auto_vacuum = ${INCREMENTAL}`);
      database.exec("VACUUM");
    }
    // The file itself shrinks when its log is moved into it; where somebody reads, that comes later.
    database.pragma("wal_checkpoint(TRUNCATE)");
  } catch (error) {
    throw error instanceof CairnError ? error : asStoreError(error, file);
  } finally {
    database.close();
  }
  return { before, after: statSync(file).size };
}
