import { rmSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import type { StoreFile, StoreFiles } from "../store/index.js";
import { inLanes } from "./lanes.js";
import { FLAG, type Sftp, SftpFailure, STATUS } from "./sftp.js";
import { byFolder, type Outgoing, type Remote } from "./types.js";

/** What every server takes at once. */
const STEP = 32 << 10;
/** Requests under way for one file: what fills a line of 100 MB/s with 20 ms. */
const WINDOW = 64;
const LANES = 4;
const LOOKS = 32;
/** From so many keys in one folder on it is listed. */
const WORTH_LISTING = 6;

/**
 * A folder of another machine. What is being sent has a name of its own by its hash, so that the next push continues
 * where a cut-off one ended: the server writes in the order of the requests, so that what is there is a beginning.
 */
export class SshRemote implements Remote {
  readonly lanes = LANES;
  private scratch: StoreFile | undefined;
  private count = 0;
  private readonly made = new Map<string, Promise<void>>();
  private readonly unfinished = new Set<string>();

  constructor(
    readonly label: string,
    private readonly root: string,
    private readonly sftp: Sftp,
    private readonly files: StoreFiles,
    private readonly signals: { work: AbortSignal; cancel: AbortSignal },
    private readonly end: () => Promise<void>,
  ) {}

  async sizes(keys: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    await this.named(() =>
      inLanes(byFolder(keys), LOOKS, async ([folder, all]) => {
        this.signals.work.throwIfAborted();
        if (all.length >= WORTH_LISTING) {
          const listed = await this.sftp.list(this.fileOf(folder));
          for (const key of all) {
            const size = listed.get(path.posix.basename(key));
            if (size !== undefined) found.set(key, size);
          }
          return;
        }
        for (const key of all) {
          const there = await this.sftp.stat(this.fileOf(key));
          if (there) found.set(key, there.size);
        }
      }),
    );
    return found;
  }

  async put(key: string, content: Outgoing): Promise<void> {
    this.scratch ??= this.files.scratch();
    const local = path.join(this.scratch.file, String(this.count++));
    try {
      await content.writeTo(local);
      await this.named(() => this.send(key, local, content));
    } finally {
      rmSync(local, { force: true });
    }
  }

  async *read(key: string): AsyncIterable<Buffer> {
    const handle = await this.named(() => this.sftp.open(this.fileOf(key), FLAG.read));
    try {
      const under: Promise<Buffer>[] = [];
      const ask = (at: number) => {
        const part = this.sftp.read(handle, at, STEP);
        part.catch(() => undefined);
        under.push(part);
      };
      let asked = 0;
      let at = 0;
      for (;;) {
        this.signals.work.throwIfAborted();
        for (; under.length < WINDOW; asked += STEP) ask(asked);
        const part = await this.named(() => under.shift() ?? Promise.resolve(Buffer.alloc(0)));
        if (part.length === 0) return;
        yield part;
        at += part.length;
        if (part.length === STEP) continue;
        // A server may give less than it was asked for; what was asked behind it begins elsewhere then.
        await Promise.allSettled(under.splice(0));
        asked = at;
      }
    } finally {
      await this.sftp.close(handle).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    if (this.signals.cancel.aborted)
      await Promise.all([...this.unfinished].map((file) => this.sftp.remove(file).catch(() => undefined)));
    await this.end();
    if (this.scratch) this.files.remove(this.scratch);
    this.scratch = undefined;
  }

  private async send(key: string, local: string, { size, onBytes }: Outgoing): Promise<void> {
    const target = this.fileOf(key);
    const folder = path.posix.dirname(target);
    await this.folder(folder);
    const part = path.posix.join(folder, `.cairn-${path.posix.basename(key)}.part`);
    this.unfinished.add(part);
    const begun = (await this.sftp.stat(part))?.size ?? 0;
    if (begun > size) await this.sftp.setSize(part, 0);
    const from = begun > size ? 0 : begun;
    onBytes(from);
    const source = await open(local, "r");
    const handle = await this.sftp.open(part, FLAG.write | FLAG.create);
    try {
      const under: Promise<void>[] = [];
      for (let at = from; at < size;) {
        this.signals.work.throwIfAborted();
        const { bytesRead, buffer } = await source.read(Buffer.allocUnsafe(STEP), 0, STEP, at);
        if (bytesRead === 0) break;
        const writing = this.sftp
          .write(handle, at, buffer.subarray(0, bytesRead))
          .then(() => onBytes(bytesRead));
        writing.catch(() => undefined);
        under.push(writing);
        at += bytesRead;
        if (under.length >= WINDOW) await under.shift();
      }
      await Promise.all(under);
      await this.sftp.sync(handle);
    } finally {
      await source.close();
      await this.sftp.close(handle).catch(() => undefined);
    }
    const there = await this.sftp.stat(part);
    if (there?.size !== size) {
      await this.sftp.remove(part).catch(() => undefined);
      throw new CairnError("unavailable", `${this.label}: an object did not arrive whole.`, {
        hint: "Try again; if it stays so, look for space on the host.",
      });
    }
    // DVC trusts what is read-only.
    await this.sftp.setMode(part, 0o444).catch(() => undefined);
    await this.sftp.rename(part, target);
    this.unfinished.delete(part);
  }

  private folder(folder: string): Promise<void> {
    let made = this.made.get(folder);
    if (!made) this.made.set(folder, (made = this.makeFolder(folder)));
    return made;
  }

  private async makeFolder(folder: string): Promise<void> {
    if (await this.sftp.stat(folder)) return;
    const above = path.posix.dirname(folder);
    if (above !== folder) await this.folder(above);
    try {
      await this.sftp.mkdir(folder);
    } catch (error) {
      // Somebody else has made it in this moment.
      if (!(await this.sftp.stat(folder))) throw error;
    }
  }

  private fileOf(key: string): string {
    return path.posix.join(this.root, key);
  }

  /** Gives what the server refuses the remote's name and a reason. */
  private async named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SftpFailure)) throw error;
      if (error.status === STATUS.denied)
        throw new CairnError("refused", `${this.label}: permission denied.`, {
          hint: "Check the rights of the folder on the host.",
          cause: error,
        });
      if (error.status === STATUS.noSuchFile)
        throw new CairnError("notFound", `${this.label}: the folder or object is not there.`, {
          hint: "Check the path in the remote's address.",
          cause: error,
        });
      throw new CairnError("full", `${this.label}: the host refuses it (${error.message || "failure"}).`, {
        hint: "Most often there is no space left, or a file is in the way of a folder.",
        cause: error,
      });
    }
  }
}
