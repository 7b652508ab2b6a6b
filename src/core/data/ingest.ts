import { chmodSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { NewObject } from "./store/index.js";
import type { ContentStore, StoreFile } from "./store/index.js";
import { syncFolder } from "./store/index.js";
import {
  changing,
  copyProgress,
  type FileStat,
  type FileTask,
  type HashedFile,
  type ThreadPool,
} from "./threads/index.js";

/** Smaller files share one: below this, making a file costs as much as writing it. */
const SMALL = 4 << 20;
const BATCH_FILES = 500;
const BATCH_BYTES = 64 << 20;
const BUNDLE_BYTES = 256 << 20;
const TRIES = 3;
/** Milliseconds between two writes to the disk beside a copy. */
const FLUSH_MS = 250;

export interface IngestFile extends FileTask {
  size: number;
  /** MD5 of what it replaces. */
  predecessor?: string;
}

export interface Ingested {
  md5: string;
  stat: FileStat;
}

interface Bundle {
  file: StoreFile;
  size: number;
}

/** Copies files into the store. Nothing refers to what it writes until `objects` is inserted; `discard` removes it. */
export class Ingest {
  readonly objects: NewObject[] = [];
  private readonly written = new Map<number, { file: StoreFile; size: number }>();
  private readonly free: Bundle[] = [];
  private readonly safe = new Set<number>();
  private readonly flushing = new Map<number, Promise<void>>();

  constructor(
    private readonly store: ContentStore,
    private readonly threads: ThreadPool,
    /** For the threads to look up what is stored already; null where nothing is. */
    private readonly database: string | null,
  ) {}

  /** In the order given. Throws `busy` for a file that does not stop changing, `full`, `refused`, `cancelled`. */
  async add(files: readonly IngestFile[]): Promise<Ingested[]> {
    const results: Ingested[] = [];
    const work: (() => Promise<void>)[] = [];
    let batch: number[] = [];
    let bytes = 0;
    const flush = () => {
      const indices = batch;
      batch = [];
      bytes = 0;
      if (indices.length > 0) work.push(() => this.addSmall(files, indices, results));
    };
    for (const [i, file] of files.entries()) {
      if (file.size >= SMALL) {
        // The largest take the longest: they begin first.
        work.unshift(async () => {
          results[i] = await this.addLarge(file);
        });
        continue;
      }
      batch.push(i);
      bytes += file.size;
      if (batch.length >= BATCH_FILES || bytes >= BATCH_BYTES) flush();
    }
    flush();
    const lanes = Array.from({ length: this.threads.size }, async () => {
      for (let next = work.shift(); next; next = work.shift()) await next();
    });
    const ends = await Promise.allSettled(lanes);
    await Promise.all(this.flushing.values());
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    return results;
  }

  /** Puts bytes of this process beside the files. */
  async addBytes(md5: string, sha256: Buffer, content: Buffer, predecessor?: string): Promise<void> {
    if (this.store.objects.has(md5)) return;
    const file = this.store.files.create("raw");
    this.written.set(file.id, { file, size: content.length });
    const handle = await open(file.file, "wx", 0o600);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    this.objects.push({ md5, sha256, size: content.length, file: file.id, offset: 0, predecessor });
  }

  /** Makes everything safe against a power cut. */
  async secure(): Promise<void> {
    const used = new Set(this.objects.map(({ file }) => file));
    const files = [...this.written.values()].flatMap(({ file }) => (used.has(file.id) ? [file] : []));
    await Promise.all(files.flatMap(({ id, file }) => (this.safe.has(id) ? [] : [sync(file)])));
    const folders = new Set(files.map(({ file }) => path.dirname(file)));
    for (const folder of folders) {
      syncFolder(folder);
      syncFolder(path.dirname(folder));
    }
  }

  /** Inside the transaction that makes the version. */
  insert(version: number): void {
    const used = new Set(this.store.objects.insert(this.objects, version).map(({ file }) => file));
    for (const [id, { file, size }] of this.written) if (used.has(id)) this.store.files.settle(file, size);
  }

  /** Removes what nothing refers to. */
  discard(): void {
    for (const { file } of this.written.values()) this.store.files.remove(file);
    this.written.clear();
  }

  private async addSmall(
    files: readonly IngestFile[],
    indices: readonly number[],
    results: Ingested[],
  ): Promise<void> {
    const bundle = this.free.pop() ?? this.createBundle();
    const tasks = indices.flatMap((i) => files[i] ?? []);
    const { size, files: hashed } = await this.threads.run("bundle", {
      ...{ target: bundle.file.file, size: bundle.size, database: this.database },
      files: tasks.map(({ file, name }) => ({ file, name })),
    });
    bundle.size = size;
    this.written.set(bundle.file.id, bundle);
    for (const [k, i] of indices.entries()) {
      const one = hashed[k];
      if (!one) continue;
      results[i] = one;
      this.note(one, bundle.file, tasks[k]?.predecessor);
    }
    if (bundle.size < BUNDLE_BYTES) this.free.push(bundle);
    this.flushBehind(bundle.file);
  }

  private flushBehind({ id, file }: StoreFile): void {
    if (this.flushing.has(id)) return;
    this.flushing.set(
      id,
      flush(file).finally(() => this.flushing.delete(id)),
    );
  }

  private createBundle(): Bundle {
    const bundle = { file: this.store.files.create("raw"), size: 0 };
    this.written.set(bundle.file.id, bundle);
    return bundle;
  }

  private note({ md5, sha256, stat, offset }: HashedFile, file: StoreFile, predecessor?: string): void {
    const hash = Buffer.from(sha256, "hex");
    if (offset === null) this.store.objects.assertSame(md5, hash);
    else this.objects.push({ md5, sha256: hash, size: stat.size, file: file.id, offset, predecessor });
  }

  private async addLarge({ file, name, predecessor }: IngestFile): Promise<Ingested> {
    const target = this.store.files.create("raw");
    this.written.set(target.id, { file: target, size: 0 });
    const { stat, md5, sha256 } = await this.copyLarge({ file, name }, target);
    this.written.set(target.id, { file: target, size: stat.size });
    this.safe.add(target.id);
    if (this.store.objects.has(md5)) {
      this.store.objects.assertSame(md5, Buffer.from(sha256, "hex"));
      this.written.delete(target.id);
      this.store.files.remove(target);
    } else {
      this.objects.push({
        ...{ md5, sha256: Buffer.from(sha256, "hex"), size: stat.size, file: target.id, offset: 0 },
        predecessor,
      });
    }
    return { md5, stat };
  }

  /** One thread copies and makes one hash, another makes the second behind it. Throws `busy` for what keeps changing. */
  private async copyLarge(
    task: FileTask,
    target: StoreFile,
  ): Promise<{ stat: FileStat; md5: string; sha256: string }> {
    for (let tries = 1; tries <= TRIES; tries++) {
      const progress = copyProgress();
      const copying = this.threads.run("copy", { ...task, target: target.file, progress });
      const following = this.threads.run("follow", { file: target.file, progress });
      const [copied, md5] = await Promise.all([copying, following, flushDuring(target.file, copying)]);
      if (!copied || md5 === null) continue;
      await sync(target.file);
      return { ...copied, md5 };
    }
    throw changing(task.name);
  }
}

/** Writes to the disk beside the work, so that little is left at its end. Never fails. */
async function flushDuring(file: string, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const end = () => {
    ended.abort();
  };
  work.then(end, end);
  for (let last = false; !last;) {
    await delay(FLUSH_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    last = ended.signal.aborted;
    await flush(file);
  }
}

/** Tries only: whoever needs it safe says so with `sync`. */
async function flush(file: string): Promise<void> {
  try {
    const handle = await open(file, "r+");
    await handle.datasync().finally(() => handle.close());
  } catch {
    // Not made yet, or gone again.
  }
}

/** To the disk, and read-only: what lies in the store never changes. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  chmodSync(file, 0o444);
}
