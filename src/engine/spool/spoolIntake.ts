import { lstat, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setImmediate as breathe, setTimeout as delay } from "node:timers/promises";
import type { ArtifactStore } from "../../core/artifacts/index.js";
import type { Logger } from "../../core/logger.js";
import type { ProjectPaths } from "../../core/project/index.js";
import { isAlive } from "../../core/runs/index.js";
import {
  isSpoolName,
  openSpool,
  readSent,
  type Spool,
  type SpoolHeader,
  SpoolStorer,
  writeSent,
} from "../../core/spool/index.js";
import type { TrackingStore } from "../../core/tracking/index.js";
import { toErrorShape } from "../../shared/errors.js";

export interface SpoolIntakeOptions {
  paths: ProjectPaths;
  store: TrackingStore;
  artifacts: ArtifactStore;
  logger: Logger;
  /** This host's name. */
  host?: string;
  /** Milliseconds between two looks. */
  intervalMs?: number;
}

/** Of a folder that has a few files at most, when it is there at all. */
const INTERVAL_MS = 250;
/** How long the engine's start waits for what was left; the rest is taken in while it serves. */
const START_WAIT_MS = 2000;
/** After a failure that may pass, doubled each time. */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;
/** A writer on another host cannot be asked whether it lives. So long silent, it is gone. */
const GONE_MS = 24 * 3_600_000;

/** What is remembered of a file between two looks. */
interface Known {
  /** To tell it from a later one of the same name. */
  inode: number;
  header?: SpoolHeader;
  /** Bytes of the file when it was last read to its end. */
  size: number;
  storer?: SpoolStorer;
  /** Bytes that are stored. */
  at: number;
  closed: boolean;
  retryMs: number;
  notBefore: number;
}

/**
 * Takes in what scripts write to `.cairn/spool`, as it comes. A file is removed when its writer has closed it, or is gone,
 * and all of it is stored; until then it may be read again, from the place that its `.sent` names.
 */
export class SpoolIntake {
  private readonly folder: string;
  private readonly host: string;
  private readonly known = new Map<string, Known>();
  private readonly told = new Set<string>();
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SpoolIntakeOptions) {
    this.folder = path.join(options.paths.data, "spool");
    this.host = options.host ?? os.hostname();
  }

  /** Takes in what was left, and looks again and again from then on. */
  async start(): Promise<void> {
    const limit = delay(START_WAIT_MS, undefined, { signal: this.stopping.signal, ref: false });
    await Promise.race([this.look(), limit.catch(() => undefined)]);
    this.schedule();
  }

  /** Resolves when all that could be taken in at the time of the call is stored. Never rejects. */
  look(): Promise<void> {
    this.work = this.work
      .then(() => this.lookAtAll())
      .catch((error: unknown) => this.warn("the spool", error));
    return this.work;
  }

  /** Lets go of the store; what is not yet stored is left to the next engine. */
  async close(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.work;
  }

  private schedule(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      void this.look().then(() => {
        this.schedule();
      });
    }, this.options.intervalMs ?? INTERVAL_MS);
    this.timer.unref();
  }

  private async lookAtAll(): Promise<void> {
    const names = (await readdir(this.folder).catch(() => [])).filter(isSpoolName);
    for (const name of this.known.keys()) if (!names.includes(name)) this.known.delete(name);
    // A run's own file first: it says how the run begins.
    for (const name of names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
      if (this.stopping.signal.aborted) return;
      const known = this.known.get(name);
      if (known !== undefined && Date.now() < known.notBefore) continue;
      try {
        await this.lookAt(name);
      } catch (error) {
        this.postpone(name, error);
      }
    }
  }

  private postpone(name: string, error: unknown): void {
    const known = this.known.get(name);
    this.warn(path.join(this.folder, name), error);
    if (known === undefined) return;
    known.notBefore = Date.now() + known.retryMs;
    known.retryMs = Math.min(LAST_RETRY_MS, 2 * known.retryMs);
  }

  private async lookAt(name: string): Promise<void> {
    const file = path.join(this.folder, name);
    const info = await lstat(file).catch(() => undefined);
    if (!info?.isFile()) return;
    const known = this.remember(name, info.ino);
    const isKnownAlive = known.header !== undefined && this.isAlive(known.header);
    if (isKnownAlive && known.size === info.size && !known.closed) return;
    const spool = await openSpool(file);
    // Of one who was killed before its first line there is nothing to have.
    if (spool === undefined) return Date.now() - info.mtimeMs > GONE_MS ? this.remove(file) : undefined;
    try {
      const { header } = spool;
      known.header = header;
      const age = Date.now() - info.mtimeMs;
      const isOwnHost = header.host === this.host;
      const isGone = isOwnHost ? !this.isAlive(header) : age > GONE_MS;
      const storer = await this.takeIn(spool, file, known, isOwnHost);
      known.size = info.size;
      if (this.stopping.signal.aborted || !(isGone || known.closed)) return;
      if (isGone && !known.closed && spool.run?.owned === true) await storer.abandon(info.mtimeMs);
      const problems = await storer.tellProblems();
      if (problems.length > 0) this.warn(`all of ${name}`, new Error(problems.join("; ")));
      await this.remove(file, storer.isMissingFiles);
      this.known.delete(name);
    } finally {
      await spool.close();
    }
  }

  /** A part at a time, noting each, so that others are served and a killed engine begins where it was. */
  private async takeIn(spool: Spool, file: string, known: Known, isOwnHost: boolean): Promise<SpoolStorer> {
    const { store, artifacts, paths } = this.options;
    const target = { store, artifacts, folder: baseOf(file), root: paths.root, isOwnHost };
    const storer = known.storer ?? new SpoolStorer(spool.header, target);
    if (known.storer === undefined && spool.run !== undefined) await storer.begin(spool.run);
    known.storer = storer;
    known.at = Math.max(known.at, spool.body, await readSent(file));
    for await (const part of spool.parts(known.at)) {
      if (this.stopping.signal.aborted) break;
      for (const problem of part.problems) storer.problem(problem);
      await storer.store(part.records);
      known.closed ||= part.records.some(({ k }) => k === "close");
      known.at = part.end;
      known.retryMs = FIRST_RETRY_MS;
      await writeSent(file, part.end);
      await breathe();
    }
    return storer;
  }

  private isAlive({ host, pid, start }: SpoolHeader): boolean {
    return host === this.host && isAlive({ pid, startTime: start });
  }

  private remember(name: string, inode: number): Known {
    const before = this.known.get(name);
    if (before?.inode === inode) return before;
    const known = { inode, size: -1, at: 0, closed: false, retryMs: FIRST_RETRY_MS, notBefore: 0 };
    this.known.set(name, known);
    return known;
  }

  /** The lines first: what is left without them is nothing, lines without their note are only read again. */
  private async remove(file: string, keepsFiles = false): Promise<void> {
    await rm(file, { force: true });
    await rm(`${baseOf(file)}.sent`, { force: true });
    if (!keepsFiles) await rm(baseOf(file), { recursive: true, force: true, maxRetries: 3 });
  }

  private warn(what: string, error: unknown): void {
    const { message, hint } = toErrorShape(error);
    const text = `Failed to take in ${what}: ${message}${hint === undefined ? "" : ` ${hint}`}`;
    if (this.told.has(text) || this.told.size > 1000) return;
    this.told.add(text);
    this.options.logger.warn(text);
  }
}

const baseOf = (file: string): string => file.replace(/\.jsonl$/, "");
