import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { readSync } from "node:fs";
import { CairnError } from "../../shared/errors.js";
import { type DirEntry, parseDirObject } from "./dvc/dirObject.js";
import { cachePath, type DvcRepository } from "./dvc/dvcRepository.js";
import { legacyMd5OfFile } from "./dvc/hash.js";
import type { ContentStore } from "./store/index.js";

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
    if (!id.isLegacy && this.store?.objects.has(id.md5) === true)
      return parseDirObject(this.store.readAll(id.md5), id.md5);
    const file = this.cached(id);
    if (file === undefined) throw missing(id);
    const bytes = readFileSync(file);
    if (`${createHash("md5").update(bytes).digest("hex")}.dir` !== id.md5) throw damaged(id, file);
    return parseDirObject(bytes, id.md5);
  }

  /** Writes a content to a file that must not exist; after a failure it may be half there. */
  async writeTo(id: ContentId, file: string, onBytes: (count: number) => void): Promise<void> {
    if (!id.isLegacy && this.store?.objects.has(id.md5) === true) {
      this.store.writeTo(id.md5, file, onBytes);
      return;
    }
    const from = this.cached(id);
    if (from === undefined) throw missing(id);
    const md5 = copyHashed(from, file, onBytes);
    if ((id.isLegacy ? await legacyMd5OfFile(file) : md5) !== id.md5) throw damaged(id, from);
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

function copyHashed(from: string, to: string, onBytes: (count: number) => void): string {
  const hash = createHash("md5");
  const source = openSync(from, "r");
  try {
    const target = openSync(to, "wx", 0o644);
    try {
      const buffer = Buffer.allocUnsafe(STEP);
      for (let count = readSync(source, buffer); count > 0; count = readSync(source, buffer)) {
        hash.update(buffer.subarray(0, count));
        for (let done = 0; done < count;) done += writeSync(target, buffer, done, count - done);
        onBytes(count);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
  return hash.digest("hex");
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
