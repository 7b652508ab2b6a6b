import { lstat, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { artifactPathOf } from "../../core/artifacts/index.js";
import type { Logger } from "../../core/logger.js";
import type { ProjectPaths } from "../../core/project/index.js";
import type { GarbageItem, SqliteTrackingStore } from "../../core/tracking/index.js";
import { toErrorShape, wrapError } from "../../shared/errors.js";
import type { EngineRequests } from "../../shared/protocol.js";
import type { JobPool } from "../workers/pool.js";

/** Between two transactions, so that those who log get their turn. */
const PAUSE_MS = 2;

export interface CollectorOptions {
  paths: ProjectPaths;
  store: SqliteTrackingStore;
  jobs: JobPool;
  /** Runs whose process lives: never deleted for good. */
  active: () => string[];
  /** Whether anything may log at this moment. */
  inUse: () => Promise<boolean>;
  logger: Logger;
}

/**
 * Deletes for good. First one short transaction, which is the deletion; what it leaves behind (points, files) stands in
 * the database as garbage until it is gone, so that an engine that is killed in between leaves it to the next.
 */
export class Collector {
  private sweeping: Promise<number> | undefined;
  private readonly ending = new AbortController();

  constructor(private readonly options: CollectorOptions) {}

  async collect({ olderThanMs }: EngineRequests["gc"]["params"]): Promise<EngineRequests["gc"]["result"]> {
    const { store, active } = this.options;
    // What a sweep under way has left out is for the one after it.
    await this.sweeping;
    const purged = await store.purgeDeleted(Date.now() - olderThanMs, active());
    const bytes = await this.sweep();
    return { ...purged, bytes: bytes + (await this.compact()) };
  }

  /** Takes away what an engine that was killed has left. */
  resume(): void {
    this.sweep().catch((error: unknown) => {
      this.options.logger.warn(`Failed to take away what was deleted: ${toErrorShape(error).message}`);
    });
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.sweeping?.catch(() => undefined);
  }

  private sweep(): Promise<number> {
    this.sweeping ??= this.sweepAll().finally(() => {
      this.sweeping = undefined;
    });
    return this.sweeping;
  }

  /** Returns the bytes of the files removed. What cannot be removed is left to the next time, and thrown at the end. */
  private async sweepAll(): Promise<number> {
    const { store } = this.options;
    const { signal } = this.ending;
    const tried = new Set<string>();
    const failures: unknown[] = [];
    let bytes = 0;
    for (;;) {
      const items = (await store.garbageItems()).filter(({ kind, id }) => !tried.has(`${kind} ${id}`));
      for (const item of items) {
        signal.throwIfAborted();
        tried.add(`${item.kind} ${item.id}`);
        try {
          for (const file of await this.filesOf(item)) bytes += await removeMeasured(file);
          await store.finishItem(item);
        } catch (error) {
          failures.push(error);
        }
      }
      while ((await store.sweepRows()) > 0) await delay(PAUSE_MS, undefined, { signal });
      if (items.length > 0) continue;
      if (failures.length > 0) throw wrapError("remove", "files of what was deleted", failures[0]);
      return bytes;
    }
  }

  /** Only what bears the thing's own id: an artifact location of the user's choice may hold other things. */
  private async filesOf({ kind, id, artifactUri }: GarbageItem): Promise<string[]> {
    const { paths } = this.options;
    const parts = artifactPathOf(artifactUri)?.split("/") ?? [];
    if (parts.includes("..") || !/^[\w-]+$/.test(id)) return [];
    if (kind === "experiment")
      return parts.length === 1 && parts[0] === id ? [path.join(paths.artifacts, id)] : [];
    const own = parts.at(-1) === "artifacts" && parts.at(-2) === id ? parts.slice(0, -1) : [];
    const files = own.length > 0 ? [path.join(paths.artifacts, ...own)] : [];
    if (kind === "model") return files;
    // A run's id has no dot, so that no other run's lines begin so; the folder of its copies has its bare name.
    const spool = path.join(paths.data, "spool");
    const lines = (await readdir(spool).catch(() => [])).filter(
      (name) => name === id || name.startsWith(`${id}.`),
    );
    return [...files, path.join(paths.launches, id), ...lines.map((name) => path.join(spool, name))];
  }

  private async compact(): Promise<number> {
    const { jobs, inUse } = this.options;
    const alone = !(await inUse());
    const jobId = jobs.start("compactDatabase", "Give free space of the database back", { alone });
    const { job, output } = await jobs.wait(jobId, this.ending.signal);
    // The deletion is done all the same; the space is used again by what comes next.
    if (job.state !== "done") this.options.logger.warn(`The database was not made smaller: ${job.state}.`);
    const { before, after } = (output ?? { before: 0, after: 0 }) as { before: number; after: number };
    return Math.max(0, before - after);
  }
}

/** Removes a file or folder and returns how many bytes its files had; 0 for one that is not there. */
async function removeMeasured(file: string): Promise<number> {
  const bytes = await measure(file);
  await rm(file, { recursive: true, force: true, maxRetries: 3 });
  return bytes;
}

async function measure(file: string): Promise<number> {
  const stat = await lstat(file).catch(() => undefined);
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  let bytes = 0;
  for (const name of await readdir(file).catch(() => [])) bytes += await measure(path.join(file, name));
  return bytes;
}
