import type { Readable } from "node:stream";
import type { FileInfo } from "../../shared/tracking.js";

export interface ByteRange {
  start: number;
  /** Bytes from `start` on, at most. */
  length: number;
}

/**
 * Files below one root folder. Every path is relative, `/` between parts; one that is absolute, has `..`, a NUL or
 * a drive letter, or leads outside through a link, is refused with CairnError `invalid`.
 */
export interface ArtifactStore {
  readonly root: string;
  list(path: string): Promise<FileInfo[]>;
  /** The whole file, or the bytes of `range` that there are; `size` is always the whole file's. */
  read(path: string, range?: ByteRange): Promise<{ stream: Readable; size: number }>;
  /** Where a file really lies on this machine. Throws `notFound` where there is none. */
  fileOf(path: string): Promise<string>;
  /** Temp file below the root, fsync, rename: a cut upload leaves nothing. */
  write(path: string, content: Readable): Promise<{ size: number }>;
  remove(path: string): Promise<void>;
}
