import { createHash } from "node:crypto";
import { chmodSync, closeSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import { writeAll } from "../store/contentStore.js";
import type { ContentStore, NewObject, StoreFile } from "../store/index.js";
import { syncFolder } from "../store/index.js";

/** Smaller contents share a file. */
const SMALL = 4 << 20;
/** After so much the contents that came are made safe: what a killed process has fetched until then stays fetched. */
const BATCH_BYTES = 64 << 20;
const BATCH_OBJECTS = 500;

interface Bundle {
  file: StoreFile;
  fd: number;
  size: number;
  objects: NewObject[];
}

/** Contents that come from elsewhere, on their way into the store: hashed as they come, refused unless they are right. */
export class Incoming {
  private bundle: Bundle | undefined;
  private readonly open = new Set<StoreFile>();
  private flushing: Promise<void> = Promise.resolve();

  /** With `replace` what came takes the place of what the store has of it, which is damaged. */
  constructor(
    private readonly store: ContentStore,
    private readonly options: { replace?: boolean } = {},
  ) {}

  /**
   * Takes in one content. It can be read when `flush` has ended. Throws CairnError `corrupt` where the bytes are not
   * what `md5` (with `.dir` behind for a list of files) says, `full`, and what `parts` throws.
   */
  async receive(
    md5: string,
    parts: AsyncIterable<Buffer>,
    from: string,
    onBytes: (count: number) => void,
  ): Promise<number> {
    const hashes = { md5: createHash("md5"), sha256: createHash("sha256") };
    const held: Buffer[] = [];
    let size = 0;
    let own: { file: StoreFile; fd: number } | undefined;
    try {
      for await (const part of parts) {
        hashes.md5.update(part);
        hashes.sha256.update(part);
        size += part.length;
        if (own) writeAll(own.fd, part);
        else held.push(part);
        if (!own && size >= SMALL) {
          own = this.create();
          for (const each of held.splice(0)) writeAll(own.fd, each);
        }
        onBytes(part.length);
      }
      const actual = hashes.md5.digest("hex");
      if (actual !== md5.slice(0, 32))
        throw new CairnError(
          "corrupt",
          `The object ${md5} of ${from} is damaged: its bytes have the MD5 ${actual}.`,
          {
            hint: "Push it again from where it is whole; until then remove it there.",
          },
        );
      const object = { md5, sha256: hashes.sha256.digest(), size };
      if (own) {
        const { file, fd } = own;
        own = undefined;
        await this.commit({ file, fd, size, objects: [{ ...object, file: file.id, offset: 0 }] });
      } else await this.addSmall(object, Buffer.concat(held));
      return size;
    } finally {
      if (own) {
        closeSync(own.fd);
        this.drop(own.file);
      }
    }
  }

  /** Makes everything that came safe, and known. */
  async flush(): Promise<void> {
    const { bundle } = this;
    this.bundle = undefined;
    if (bundle) this.flushing = Promise.all([this.flushing, this.commit(bundle)]).then(() => undefined);
    await this.flushing;
  }

  /** Removes what was not made known. */
  discard(): void {
    if (this.bundle) closeSync(this.bundle.fd);
    this.bundle = undefined;
    for (const file of this.open) this.drop(file);
  }

  private async addSmall(object: Omit<NewObject, "file" | "offset">, bytes: Buffer): Promise<void> {
    const bundle = (this.bundle ??= { ...this.create(), size: 0, objects: [] });
    writeAll(bundle.fd, bytes);
    bundle.objects.push({ ...object, file: bundle.file.id, offset: bundle.size });
    bundle.size += bytes.length;
    if (bundle.size >= BATCH_BYTES || bundle.objects.length >= BATCH_OBJECTS) await this.flush();
  }

  private create(): { file: StoreFile; fd: number } {
    const file = this.store.files.create("raw");
    this.open.add(file);
    return { file, fd: openSync(file.file, "wx", 0o600) };
  }

  private async commit({ file, fd, size, objects }: Bundle): Promise<void> {
    closeSync(fd);
    const handle = await open(file.file, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    chmodSync(file.file, 0o444);
    syncFolder(path.dirname(file.file));
    syncFolder(path.dirname(path.dirname(file.file)));
    const { objects: known, files } = this.store;
    known.database
      .transaction(() => {
        const fresh = new Set(known.insert(objects, null));
        const replaced = this.options.replace === true ? objects.filter((each) => !fresh.has(each)) : [];
        for (const each of replaced) known.replace(each);
        if (fresh.size + replaced.length > 0) files.settle(file, size);
      })
      .immediate();
    this.drop(file);
  }

  /** Removes it unless it was settled. */
  private drop(file: StoreFile): void {
    this.open.delete(file);
    this.store.files.remove(file);
  }
}
