import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { readSync } from "node:fs";
import { CairnError } from "../../shared/errors.js";
import { type DirEntry, parseDirObject } from "./dvc/dirObject.js";
import { cachePath, type DvcRepository } from "./dvc/dvcRepository.js";
import { legacyMd5OfFile } from "./dvc/hash.js";
import { type ContentStore, isCorrupt } from "./store/index.js";

const STEP = 1 << 20;

/** An id as pointers have it; a legacy one is of DVC before version 3. */
export interface ContentId {
  md5: string;
  isLegacy: boolean;
}

/** Contents wherever this machine has them: in Cairn's store, else in DVC's cache, both verified. */
export class Contents {
  constructor(
    /** Undefined where nothing was recorded yet. */
    private readonly store: ContentStore | undefined,
    private readonly dvc: DvcRepository | undefined,
  ) {}

  has(id: ContentId): boolean {
    return (!id.isLegacy && this.store?.objects.has(id.md5) === true) || this.cached(id) !== undefined;
  }

  /** Bytes of a content; null where that is not known. */
  sizeOf(id: ContentId): number | null {
    const own = id.isLegacy ? undefined : this.store?.objects.byMd5(id.md5)?.size;
    const file = own === undefined ? this.cached(id) : undefined;
    return own ?? (file === undefined ? null : statSync(file).size);
  }

  /** The files of a folder by its `.dir` object. Throws CairnError `notFound`, `corrupt`. */
  folder(id: ContentId): DirEntry[] {
    const file = this.cached(id);
    const stored = this.fromStore(id, file, (store) => parseDirObject(store.readAll(id.md5), id.md5));
    if (stored) return stored.result;
    if (file === undefined) throw missing(id);
    const bytes = readFileSync(file);
    if (`${createHash("md5").update(bytes).digest("hex")}.dir` !== id.md5) throw damaged(id, file);
    return parseDirObject(bytes, id.md5);
  }

  /**
   * Writes a content to a file that must not exist; after a failure it may be half there. What is damaged in the store
   * is taken from DVC's cache, and put back. Throws CairnError `notFound`, `corrupt`.
   */
  async writeTo(id: ContentId, file: string, onBytes: (count: number) => void): Promise<void> {
    const from = this.cached(id);
    if (
      this.fromStore(id, from, (store) => {
        store.writeTo(id.md5, file, onBytes);
      })
    )
      return;
    if (from === undefined) throw missing(id);
    rmSync(file, { force: true });
    const { md5, sha256, size } = copyHashed(from, file, onBytes);
    if ((id.isLegacy ? await legacyMd5OfFile(file) : md5) !== id.md5.slice(0, 32)) throw damaged(id, from);
    if (!id.isLegacy && this.store?.objects.byMd5(id.md5))
      this.store.replace({ md5: id.md5, sha256, size }, file);
  }

  /** Undefined where the store has it not, or damaged and DVC's cache has it too. */
  private fromStore<T>(
    { md5, isLegacy }: ContentId,
    cached: string | undefined,
    read: (store: ContentStore) => T,
  ): { result: T } | undefined {
    const { store } = this;
    if (isLegacy || !store?.objects.byMd5(md5)) return undefined;
    // What is known to be damaged is tried nevertheless where there is nothing else.
    if (cached !== undefined && !store.objects.has(md5)) return undefined;
    try {
      return { result: read(store) };
    } catch (error) {
      if (cached === undefined || !isCorrupt(error)) throw error;
      return undefined;
    }
  }

  /** Bytes of a content; undefined where this machine has none of it. */
  size(id: ContentId): number | undefined {
    const stored = id.isLegacy ? undefined : this.store?.objects.byMd5(id.md5)?.size;
    const file = stored === undefined ? this.cached(id) : undefined;
    return stored ?? (file === undefined ? undefined : statSync(file).size);
  }

  private cached({ md5, isLegacy }: ContentId): string | undefined {
    if (!this.dvc) return undefined;
    const file = cachePath(this.dvc, md5, isLegacy);
    return existsSync(file) ? file : undefined;
  }
}

function copyHashed(
  from: string,
  to: string,
  onBytes: (count: number) => void,
): { md5: string; sha256: Buffer; size: number } {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  let size = 0;
  const source = openSync(from, "r");
  try {
    const target = openSync(to, "wx", 0o644);
    try {
      const buffer = Buffer.allocUnsafe(STEP);
      for (let count = readSync(source, buffer); count > 0; count = readSync(source, buffer)) {
        md5.update(buffer.subarray(0, count));
        sha256.update(buffer.subarray(0, count));
        size += count;
        for (let done = 0; done < count;) done += writeSync(target, buffer, done, count - done);
        onBytes(count);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
  return { md5: md5.digest("hex"), sha256: sha256.digest(), size };
}

function missing({ md5 }: ContentId): CairnError {
  return new CairnError("notFound", `The content ${md5} is neither in Cairn's store nor in DVC's cache.`, {
    hint: "Fetch it from the remote (cairn data pull), or add the dataset where it still is.",
  });
}

function damaged({ md5 }: ContentId, file: string): CairnError {
  return new CairnError("corrupt", `The object ${md5} in DVC's cache is damaged (${file}).`, {
    hint: "Remove it and fetch it again from the remote (cairn data pull).",
  });
}
