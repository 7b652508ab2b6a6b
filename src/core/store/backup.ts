import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import type { ProjectPaths } from "../project/index.js";
import { CairnError } from "../../shared/errors.js";
import { asStoreError } from "./errors.js";
import { openDatabase } from "./openDatabase.js";

export interface BackupOptions {
  /** Told the done part, 0 to 1. */
  onProgress?: (part: number) => void;
  signal?: AbortSignal;
}

/** Pages copied before writers and the signal get their turn. */
const PAGES_A_TURN = 2000;

/**
 * Copies a database, also one in use, to `target`, which must not exist: to a file beside it, then by rename, so that
 * `target` is whole or absent. Meant for a worker. Throws `exists`, `full`, `cancelled`, `corrupt`.
 */
export async function backupDatabase(
  { database: file }: Pick<ProjectPaths, "database">,
  target: string,
  { onProgress, signal }: BackupOptions = {},
): Promise<void> {
  if (existsSync(target)) {
    throw new CairnError("exists", `There is already something at ${target}.`, {
      hint: "Choose another name for the backup.",
    });
  }
  const partial = `${target}.partial-${process.pid}`;
  const database = openDatabase(file, { readonly: true });
  try {
    await database.backup(partial, {
      progress({ totalPages, remainingPages }) {
        if (signal?.aborted) throw new CairnError("cancelled", "The backup was cancelled.");
        if (totalPages > 0) onProgress?.(1 - remainingPages / totalPages);
        return PAGES_A_TURN;
      },
    });
    sync(partial);
    renameSync(partial, target);
    onProgress?.(1);
  } catch (error) {
    throw asStoreError(error, target);
  } finally {
    database.close();
    rmSync(partial, { force: true });
  }
}

function sync(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
