import { createHash, type Hash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  ftruncateSync,
  openSync,
  truncateSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { CairnError, toError } from "../../../shared/errors.js";
import type { ProjectPaths } from "../../project/index.js";
import type { Db } from "../../store/index.js";
import { type NewObject, Objects, type StoredObject } from "./objects.js";
import { recipeOf } from "./recipes/index.js";
import { type ByteSource, bufferSource, fileSource, parts } from "./sources.js";
import { secure, StoreFiles } from "./storeFiles.js";

/** What others are made of is made in memory up to this size; a chain needs two of them at once. */
const IN_MEMORY = 96 << 20;
/** Cloning a file is worth it from this size on. */
const WORTH_CLONING = 1 << 20;
const STEP = 4 << 20;
/** Groups have at most 8 contents, of which each needs at most 3 others. */
const MAX_CHAIN = 8;
const ZEROS = Buffer.alloc(64 << 10);

/** Reads contents back. Everything that it gives was verified by its SHA-256, or is thrown as `corrupt`. */
export class ContentStore {
  readonly objects: Objects;
  readonly files: StoreFiles;

  /** @param memory bytes up to which a content is made in memory, not in a file; two of them may be held at once */
  constructor(
    database: Db,
    paths: Pick<ProjectPaths, "data">,
    private readonly memory = IN_MEMORY,
  ) {
    this.objects = new Objects(database);
    this.files = new StoreFiles(database, path.join(paths.data, "store"));
  }

  /** A whole content in memory. Throws CairnError `notFound`, `corrupt`. */
  readAll(md5: string): Buffer {
    return this.inMemory(this.find(md5), 0);
  }

  /**
   * Writes a content to `file`, which must not exist, by reflink where it lies as it is and the file system can.
   * `onBytes` hears how many bytes came. Throws CairnError `notFound`, `corrupt`, `full`; then `file` is half made.
   */
  writeTo(md5: string, file: string, onBytes: (count: number) => void = () => undefined): void {
    const object = this.find(md5);
    if (
      object.recipe === "raw" &&
      object.offset === 0 &&
      object.size > WORTH_CLONING &&
      this.clone(object, file)
    ) {
      // Behind the content stands what the file holds.
      chmodSync(file, 0o644);
      truncateSync(file, object.size);
      this.verify(object, fileSource(file), onBytes);
      return;
    }
    const fd = openSync(file, "wx", 0o644);
    try {
      let at = 0;
      this.restore(object, (part) => {
        writeSparse(fd, part, at);
        at += part.length;
        onBytes(part.length);
      });
      // What ends with zeros was not written to its end.
      ftruncateSync(fd, object.size);
    } finally {
      closeSync(fd);
    }
  }

  /** Stores a content again that was damaged, from a file that was verified. What is made of it is whole again too. */
  replace({ md5, sha256, size }: Pick<NewObject, "md5" | "sha256" | "size">, from: string): void {
    const target = this.files.create("raw");
    try {
      copyFileSync(from, target.file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      secure(target.file);
      this.objects.database
        .transaction(() => {
          const made = { md5, sha256, size, file: target.id, offset: 0 };
          if (this.objects.insert([made], null).length > 0) this.files.settle(target, size);
        })
        .immediate();
    } finally {
      this.files.remove(target);
    }
  }

  find(md5: string): StoredObject {
    const object = this.objects.byMd5(md5);
    if (object) return object;
    throw new CairnError("notFound", `The content ${md5} is not in this project's store.`, {
      hint: "Fetch it from where it was added, or from a remote.",
    });
  }

  /**
   * A content as a source, for as long as `work` takes; large ones are made in a file. What it is made of is not
   * compared with its hash, it is itself.
   */
  withSource<T>(object: StoredObject, work: (source: ByteSource) => T): T {
    if (object.recipe === "raw") this.restore(object, () => undefined);
    return this.withMade(object, work, 0);
  }

  private withMade<T>(given: StoredObject, work: (source: ByteSource) => T, depth: number): T {
    if (depth > MAX_CHAIN) throw this.corrupt(given, new RangeError("it is made of itself"));
    const { object, source } = this.open(given);
    if (object.recipe === "raw") return using(source, work);
    source.close();
    if (object.size <= this.memory) return work(bufferSource(this.inMemory(object, depth)));
    const temporary = this.files.create("tmp");
    try {
      const fd = openSync(temporary.file, "wx", 0o600);
      try {
        this.make(object, (part) => writeAll(fd, part), depth);
      } finally {
        closeSync(fd);
      }
      return using(fileSource(temporary.file), work);
    } finally {
      this.files.remove(temporary);
    }
  }

  /** Makes a content part by part and compares what came with its hash at the end. Throws CairnError `corrupt`. */
  restore(object: StoredObject, take: (part: Buffer) => void): void {
    this.make(object, take, 0);
  }

  /** Only what is asked for is compared with its hash; where that is wrong, it is looked for what is damaged. */
  private make(given: StoredObject, take: (part: Buffer) => void, depth: number): void {
    const { object, source } = this.open(given);
    try {
      if (object.parent === null) {
        this.decode(object, source, undefined, take, depth);
        return;
      }
      const parent = this.objects.byId(object.parent);
      if (!parent) throw this.corrupt(object, new RangeError("what it is made of is missing"));
      this.withMade(parent, (made) => this.decode(object, source, made, take, depth), depth + 1);
    } catch (error) {
      if (depth > 0 || !isCorrupt(error)) throw error;
      this.assertWhole(object.parent);
      this.objects.markDamaged(object.id);
      throw error;
    } finally {
      source.close();
    }
  }

  /** Throws CairnError `corrupt` that names the first of what a content is made of that is damaged. */
  private assertWhole(id: number | null): void {
    const chain: StoredObject[] = [];
    for (let at = id; at !== null && chain.length < MAX_CHAIN;) {
      const parent = this.objects.byId(at);
      if (parent) chain.unshift(parent);
      at = parent?.parent ?? null;
    }
    for (const each of chain) this.make(each, () => undefined, 0);
  }

  private inMemory(object: StoredObject, depth: number): Buffer {
    let bytes: Buffer | undefined;
    let at = 0;
    this.make(
      object,
      (part) => {
        if (part.length === object.size) bytes = part;
        else at += part.copy((bytes ??= Buffer.allocUnsafe(object.size)), at);
      },
      depth,
    );
    return bytes ?? Buffer.alloc(0);
  }

  /** Throws CairnError `corrupt` unless a content comes back. `parent` is what it was made of, if of anything. */
  check(object: StoredObject, parent: ByteSource | undefined): void {
    const { object: now, source } = this.open(object);
    try {
      this.decode(now, source, parent, () => undefined, 0);
    } finally {
      source.close();
    }
  }

  private decode(
    object: StoredObject,
    source: ByteSource,
    parent: ByteSource | undefined,
    take: (part: Buffer) => void,
    depth: number,
  ): void {
    const hash = depth === 0 ? createHash("sha256") : undefined;
    let size = 0;
    const parts = recipeOf(object.recipe).decode(source, parent)[Symbol.iterator]();
    for (;;) {
      let next: IteratorResult<Buffer>;
      try {
        next = parts.next();
      } catch (error) {
        throw error instanceof CairnError ? error : this.corrupt(object, error);
      }
      if (next.done === true) break;
      size += next.value.length;
      if (size > object.size) throw this.corrupt(object, new RangeError("it makes more than it says"));
      hash?.update(next.value);
      take(next.value);
    }
    if (hash) this.assertHash(object, hash, size);
    else if (size !== object.size) throw this.corrupt(object, new RangeError("it makes less than it says"));
  }

  private verify(object: StoredObject, source: ByteSource, onBytes: (count: number) => void): void {
    using(source, () => {
      const hash = createHash("sha256");
      for (const part of parts(source, STEP)) {
        hash.update(part);
        onBytes(part.length);
      }
      this.assertHash(object, hash, source.size);
    });
  }

  private assertHash(object: StoredObject, hash: Hash, size: number): void {
    if (size !== object.size || !hash.digest().equals(object.sha256))
      throw this.corrupt(object, new RangeError("its bytes are others than those that were stored"));
  }

  /** What is stored of a content, and where it lies now: packing may move it at any moment, but not while it is open. */
  private open(given: StoredObject): { object: StoredObject; source: ByteSource } {
    for (let object = given; ;) {
      try {
        const range = { offset: object.offset, size: object.bytes };
        return { object, source: fileSource(this.files.pathOf(object.path), range) };
      } catch (error) {
        const now = this.objects.byId(object.id);
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        if (!now || now.path === object.path) throw this.corrupt(object, error);
        object = now;
      }
    }
  }

  private clone(object: StoredObject, file: string): boolean {
    try {
      copyFileSync(
        this.files.pathOf(object.path),
        file,
        constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE,
      );
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
      return false;
    }
  }

  private corrupt(object: StoredObject, cause: unknown): CairnError {
    return new CairnError(
      "corrupt",
      `The content ${object.md5} in ${this.files.pathOf(object.path)} cannot be restored: ${toError(cause).message}.`,
      { hint: "Fetch it again from a remote, or add the file again where somebody still has it.", cause },
    );
  }
}

export function isCorrupt(error: unknown): boolean {
  return error instanceof CairnError && error.code === "corrupt";
}

function using<T>(source: ByteSource, work: (source: ByteSource) => T): T {
  try {
    return work(source);
  } finally {
    source.close();
  }
}

/** Long runs of zeros become holes. */
export function writeSparse(fd: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length;) {
    const begin = at;
    let zeros = false;
    for (; at < bytes.length; at += ZEROS.length) {
      const part = bytes.subarray(at, at + ZEROS.length);
      const isHole = part.length === ZEROS.length && part.equals(ZEROS);
      if (at > begin && isHole !== zeros) break;
      zeros = isHole;
    }
    const end = Math.min(at, bytes.length);
    if (!zeros) writeAll(fd, bytes.subarray(begin, end), position + begin);
  }
}

export function writeAll(fd: number, bytes: Buffer, position?: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, position === undefined ? null : position + done);
}
