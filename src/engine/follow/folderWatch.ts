import { type Stats, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { mayHoldMedia } from "./mediaPlace.js";
import { isLookedInto, recognise, type Recognised } from "./recognise.js";

export interface WatchedFile extends Recognised {
  /** As of `Recognised`, but absolute. */
  unit: string;
  /** Relative to the working folder, `/` between parts. */
  path: string;
  absolute: string;
  size: number;
  /** Milliseconds since the epoch. */
  mtimeMs: number;
  birthtimeMs: number;
}

interface Folder {
  mtimeMs: number;
  /** When its entries were read. */
  readAt: number;
  folders: string[];
  /** Names of files that might be of a format. */
  files: string[];
  /** Names of those that may be pictures and the like. */
  media: string[];
}

export const LIMITS = {
  /** Levels below the working folder. */
  depth: 8,
  folders: 2000,
  files: 5000,
  /** Of pictures and the like, which must not take the place of what tells numbers. */
  media: 5000,
  /** A folder with more entries is one of data. */
  entries: 5000,
};

/** A change within so many milliseconds after a look may have left the folder's time as it was. */
const RACY_MS = 2000;
/** Others wait no longer than this. */
const BUSY_MS = 4;
/** Files that do not change are looked at only so often. */
const COLD_MS = 5000;
const candidate = /tfevents|\.wandb$|^metrics\.csv$|^hparams\.yaml$|\.tsv$|^metrics\.json$|^params\.yaml$/;

/**
 * The files of followed formats below one folder. Looks by itself, when it is asked to: nothing is registered with the
 * system. A folder is read again only when its time has changed; links are not followed.
 */
export class FolderWatch {
  private readonly folders = new Map<string, Folder>();
  private readonly files = new Map<string, { file: WatchedFile; lookedAt: number; changedAt: number }>();
  private breathed = 0;
  /** Why not all is seen, once. */
  problem: string | undefined;

  constructor(
    readonly root: string,
    /** Absolute folders to leave alone. */
    private readonly excluded: ReadonlySet<string>,
    private readonly limits = LIMITS,
  ) {}

  /**
   * Asking the system without a detour through a thread takes a tenth of the processor's time; others are let in between
   * where it takes long, as on a network.
   */
  private async stat(file: string): Promise<Stats | undefined> {
    if (performance.now() - this.breathed > BUSY_MS) {
      await breathe();
      this.breathed = performance.now();
    }
    try {
      return statSync(file, { throwIfNoEntry: false });
    } catch {
      return undefined; // not ours to look at
    }
  }

  /** What is there now. `all` looks also at files that have not changed for long. */
  async scan(all = false): Promise<WatchedFile[]> {
    const paths = await this.walk();
    const seen = new Set(paths);
    const dvclive = new Set(paths.map((each) => /^(.+)\/plots\/metrics\/.+\.tsv$/.exec(each)?.[1] ?? ""));
    const found: WatchedFile[] = [];
    for (const each of paths) {
      const what = recognise(each, (folder) => dvclive.has(folder));
      const file = what === undefined ? undefined : await this.look(each, what, all);
      if (file !== undefined) found.push(file);
    }
    for (const known of this.files.keys()) if (!seen.has(known)) this.files.delete(known);
    return found;
  }

  private async look(relative: string, what: Recognised, all: boolean): Promise<WatchedFile | undefined> {
    const known = this.files.get(relative);
    const now = Date.now();
    const isCold = known !== undefined && now - known.changedAt > 4 * COLD_MS;
    if (!all && isCold && now - known.lookedAt < COLD_MS) return known.file;
    const absolute = path.join(this.root, relative);
    const info = await this.stat(absolute);
    if (info?.isFile() !== true) return undefined;
    const { size, mtimeMs, birthtimeMs } = info;
    const unit = path.join(this.root, what.unit);
    const file = { ...what, unit, path: relative, absolute, size, mtimeMs, birthtimeMs };
    const isSame = known?.file.size === size && known.file.mtimeMs === mtimeMs;
    this.files.set(relative, {
      file,
      lookedAt: now,
      changedAt: isSame ? known.changedAt : Math.max(mtimeMs, 0),
    });
    return file;
  }

  /** Paths of candidates, the upper levels first. */
  private async walk(): Promise<string[]> {
    const found: string[] = [];
    const media: string[] = [];
    const live = new Set<string>();
    let level = [""];
    for (let depth = 0; depth <= this.limits.depth && level.length > 0; depth++) {
      const below: string[] = [];
      for (const relative of level) {
        if (live.size >= this.limits.folders || found.length >= this.limits.files) {
          this.problem ??= `${this.root} holds so many folders that only some are looked into for logs of runs.`;
          break;
        }
        const folder = await this.folder(relative);
        if (folder === undefined) continue;
        live.add(relative);
        const prefix = relative === "" ? "" : `${relative}/`;
        for (const name of folder.files) found.push(prefix + name);
        for (const name of folder.media) if (media.length < this.limits.media) media.push(prefix + name);
        for (const name of folder.folders) below.push(prefix + name);
      }
      level = below;
    }
    for (const known of this.folders.keys()) if (!live.has(known)) this.folders.delete(known);
    return [...found, ...media];
  }

  private async folder(relative: string): Promise<Folder | undefined> {
    const absolute = path.join(this.root, relative);
    if (this.excluded.has(absolute)) return undefined;
    try {
      const mtimeMs = (await this.stat(absolute))?.mtimeMs;
      if (mtimeMs === undefined) return undefined;
      const known = this.folders.get(relative);
      if (known?.mtimeMs === mtimeMs && known.readAt - mtimeMs > RACY_MS) return known;
      const readAt = Date.now();
      const entries = await readdir(absolute, { withFileTypes: true });
      const folder: Folder = { mtimeMs, readAt, folders: [], files: [], media: [] };
      const hasMedia = mayHoldMedia(relative);
      const isForeign = entries.some(({ name }) => name === "pyvenv.cfg");
      if (entries.length <= this.limits.entries && !isForeign) {
        for (const entry of entries) {
          if (entry.isDirectory() && isLookedInto(entry.name)) folder.folders.push(entry.name);
          else if (entry.isFile() && candidate.test(entry.name)) folder.files.push(entry.name);
          else if (hasMedia && entry.isFile()) folder.media.push(entry.name);
        }
      }
      this.folders.set(relative, folder);
      return folder;
    } catch {
      // Gone, or not ours to read.
      return undefined;
    }
  }
}
