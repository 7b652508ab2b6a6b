import { rmSync } from "node:fs";
import os from "node:os";
import type { ProjectPaths } from "../core/project/index.js";
import { type Db, openNative } from "../core/store/index.js";
import { CairnError, toError, wrapError } from "../shared/errors.js";
import { type LockHolder, readLockHolder } from "./client/handshake.js";
import { writePrivately } from "./dataFolder.js";

/** The right to open a project's database. */
export interface Lock {
  release(): void;
}

/** Thrown when another process holds the project. */
export class LockedError extends CairnError {
  constructor(
    project: string,
    readonly holder: LockHolder | undefined,
  ) {
    const elsewhere = holder !== undefined && holder.host !== os.hostname();
    super("busy", `The project ${project} is in use by ${describe(holder)}.`, {
      hint: elsewhere
        ? `End Cairn on ${holder.host}, or open the project there: only one host at a time may write to it.`
        : "Try again in a moment; `cairn engine stop` ends an engine that runs.",
    });
  }
}

/**
 * Takes the project's lock without waiting: an EXCLUSIVE transaction on `engine.lock`, which the operating system ends
 * with the process, however that dies. A file beside it says who holds it. Throws LockedError.
 *
 * The lock file must never be opened by other means in this process: closing it would let go of the lock (POSIX).
 */
export function takeLock(paths: ProjectPaths, mode: LockHolder["mode"]): Lock {
  const holderFile = `${paths.lock}.json`;
  let database: Db | undefined;
  try {
    database = openNative(paths.lock, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
    const holder: LockHolder = { pid: process.pid, host: os.hostname(), mode };
    writePrivately(holderFile, JSON.stringify(holder));
  } catch (error) {
    database?.close();
    if (isBusy(error)) throw new LockedError(paths.root, readLockHolder(holderFile));
    throw error instanceof CairnError ? error : wrapError("lock", paths.root, error);
  }
  const held = database;
  return {
    release() {
      if (!held.open) return;
      rmSync(holderFile, { force: true });
      held.close();
    },
  };
}

function isBusy(thrown: unknown): boolean {
  const { code } = toError(thrown) as NodeJS.ErrnoException;
  return code === "SQLITE_BUSY" || code === "SQLITE_LOCKED";
}

function describe(holder: LockHolder | undefined): string {
  if (!holder) return "another process";
  const what = holder.mode === "daemon" ? "Cairn's engine" : "a command of Cairn";
  return `${what} on ${holder.host} (process ${holder.pid})`;
}
