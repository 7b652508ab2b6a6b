/** How a file looked when it was read; two equal ones are the same content. Times in milliseconds. */
export interface FileStat {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
}

/** A file to be read. */
export interface FileTask {
  /** Absolute. */
  file: string;
  /** What it is called in messages. */
  name: string;
}

export interface HashedFile {
  md5: string;
  /** Hexadecimal. */
  sha256: string;
  stat: FileStat;
  /** Where it begins in the bundle; null where the store has it already. */
  offset: number | null;
}

/** What a thread does. Absolute paths. */
export interface Tasks {
  /** Appends the content of small files to a bundle, which has `size` bytes so far. */
  bundle: {
    params: { target: string; size: number; files: FileTask[]; database: string | null };
    result: { size: number; files: HashedFile[] };
  };
  /** Copies a large file, by reflink where that can be. Null where it changed meanwhile. SHA-256 hexadecimal. */
  copy: {
    params: FileTask & { target: string; progress: SharedArrayBuffer };
    result: { stat: FileStat; sha256: string } | null;
  };
  /** MD5 of what a `copy` writes, as it writes it; to be started after that. Null where that failed. */
  follow: { params: { file: string; progress: SharedArrayBuffer }; result: string | null };
  /**
   * Writes contents of the store to files that are not there. A content of up to `memory` bytes is made in memory where
   * others are made of it; `mode` are the files' permissions. Null for a content that is damaged.
   */
  restore: {
    params: { database: string; memory: number; mode: number; contents: (FileTask & { md5: string })[] };
    result: { files: (Pick<FileStat, "size" | "mtimeMs" | "ino"> | null)[] };
  };
  /** MD5 of files as they are. */
  identify: { params: { files: FileTask[] }; result: { files: { md5: string; stat: FileStat }[] } };
}

export type TaskKind = keyof Tasks;

export type ToThread = { [K in TaskKind]: { id: number; kind: K; params: Tasks[K]["params"] } }[TaskKind];

export type FromThread =
  { id: number; bytes?: number } | { id: number; result: unknown } | { id: number; error: unknown };
