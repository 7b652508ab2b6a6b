import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, open, readdir, rename, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CairnError } from "../../../shared/errors.js";
import { asDataError } from "../errors.js";
import type { StoreFile, StoreFiles } from "../store/index.js";
import { inLanes } from "./lanes.js";
import { byFolder, type Outgoing, type Remote } from "./types.js";

const STEP = 1 << 20;
/** Looks at once at a network path, where each waits for an answer. */
const LOOKS = 32;
/** From so many keys in one folder on, the folder is listed first: most are absent from a new remote. */
const WORTH_LISTING = 8;
const LANES = 4;

/** A folder of this machine or a mounted share. Writes into a staging folder in it, then renames. */
export class FolderRemote implements Remote {
  readonly lanes = LANES;
  private staging: StoreFile | undefined;
  private count = 0;
  private readonly made = new Map<string, Promise<unknown>>();

  constructor(
    readonly label: string,
    private readonly root: string,
    private readonly files: StoreFiles,
    private readonly signal: AbortSignal,
  ) {}

  async sizes(keys: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    await inLanes(byFolder(keys), LOOKS, async ([folder, all]) => {
      const listed = all.length < WORTH_LISTING ? undefined : await this.list(folder);
      for (const key of all) {
        this.signal.throwIfAborted();
        if (listed && !listed.has(path.posix.basename(key))) continue;
        const size = await this.sizeOf(key);
        if (size !== undefined) found.set(key, size);
      }
    });
    return found;
  }

  async put(key: string, { size, writeTo, onBytes }: Outgoing): Promise<void> {
    const target = this.fileOf(key);
    try {
      await this.folder(path.dirname(target));
      const temporary = path.join(await this.stagingFolder(), String(this.count++));
      await writeTo(temporary, onBytes);
      const handle = await open(temporary, "r+");
      try {
        await handle.sync();
        if ((await handle.stat()).size !== size)
          throw new CairnError(
            "corrupt",
            `What was written to ${this.label} has another size than it should.`,
          );
      } finally {
        await handle.close();
      }
      this.signal.throwIfAborted();
      // DVC trusts what is read-only.
      await chmod(temporary, 0o444);
      await rename(temporary, target);
    } catch (error) {
      throw asDataError("write to", this.label, error);
    }
  }

  async *read(key: string): AsyncIterable<Buffer> {
    try {
      const stream = createReadStream(this.fileOf(key), { highWaterMark: STEP, signal: this.signal });
      for await (const part of stream) yield part as Buffer;
    } catch (error) {
      if (this.signal.aborted) throw error;
      throw asDataError("read from", this.label, error);
    }
  }

  close(): Promise<void> {
    if (this.staging) this.files.remove(this.staging);
    this.staging = undefined;
    return Promise.resolve();
  }

  private async list(folder: string): Promise<Set<string>> {
    try {
      return new Set(await readdir(this.fileOf(folder)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Set();
      throw asDataError("look into", this.label, error);
    }
  }

  private async sizeOf(key: string): Promise<number | undefined> {
    try {
      const found = await stat(this.fileOf(key));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw asDataError("look into", this.label, error);
    }
  }

  private fileOf(key: string): string {
    return path.join(this.root, ...key.split("/"));
  }

  private folder(folder: string): Promise<unknown> {
    let made = this.made.get(folder);
    if (!made) this.made.set(folder, (made = mkdir(folder, { recursive: true })));
    return made;
  }

  private async stagingFolder(): Promise<string> {
    if (!this.staging) {
      const name = `.cairn-${process.pid}-${randomBytes(4).toString("hex")}`;
      this.staging = this.files.claim(path.join(this.root, name));
    }
    await this.folder(this.staging.file);
    return this.staging.file;
  }
}

/** The path that an address without a scheme, or with `file:`, means. */
export function folderOf(url: string): string | undefined {
  if (url.startsWith("file://")) return fileURLToPath(url);
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(url) ? undefined : url;
}
