import { createHash, hash } from "node:crypto";
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { type Db, openDatabase } from "../../store/index.js";
import { writeAll } from "../store/contentStore.js";
import { copyLarge, hashBehind } from "./largeFile.js";
import { changing, isSame, type Report, settled, statOf } from "./readFile.js";
import { restore } from "./restore.js";
import type { FileStat, FileTask, HashedFile, Tasks } from "./tasks.js";

const STEP = 1 << 20;
/** Bytes that are gathered before they are written. */
const GATHER = 8 << 20;
const TRIES = 3;

export const runTask: {
  [K in keyof Tasks]: (params: Tasks[K]["params"], report: Report) => Tasks[K]["result"];
} = {
  bundle({ target, size, files, database }, report) {
    const known = database === null ? undefined : openDatabase(database, { readonly: true });
    const bundle = new Bundle(target, size);
    try {
      const find = lookUp(known);
      const result = files.map((file): HashedFile => {
        const { content, stat } = readWhole(file, (length) => bundle.room(length));
        report(content.length);
        const [md5, sha256] = [hash("md5", content), hash("sha256", content)];
        return { md5, sha256, stat, offset: find(md5) ? null : bundle.take(md5, content) };
      });
      bundle.flush();
      return { size: bundle.size, files: result };
    } finally {
      bundle.close();
      known?.close();
    }
  },

  copy: (task, report) => copyLarge(task, report) ?? null,

  follow: (task, report) => hashBehind(task, report) ?? null,

  restore,

  identify({ files }, report) {
    return {
      files: files.map((task) => {
        for (let tries = 1; ; tries++) {
          const md5 = createHash("md5");
          const stat = readParts(task.file, (part) => {
            md5.update(part);
            report(part.length);
          });
          if (stat) return { md5: md5.digest("hex"), stat };
          if (tries === TRIES) throw changing(task.name);
        }
      }),
    };
  },
};

/** Small contents, one behind the other. They are read into the memory that they are written from. */
class Bundle {
  private readonly fd: number;
  private readonly seen = new Map<string, number>();
  private gathered: Buffer = Buffer.allocUnsafe(GATHER);
  private length = 0;

  constructor(
    file: string,
    public size: number,
  ) {
    this.fd = openSync(file, size === 0 ? "wx" : "r+", 0o600);
    // What a task that failed has left behind the end is written over.
    ftruncateSync(this.fd, size);
  }

  /** Memory for a content, until the next is asked for. */
  room(length: number): Buffer {
    if (this.length + length > this.gathered.length) this.flush();
    if (length > this.gathered.length) this.gathered = Buffer.allocUnsafe(length);
    return this.gathered.subarray(this.length, this.length + length);
  }

  /** Takes what was put into `room`, unless it is there. Returns where it begins. */
  take(md5: string, content: Buffer): number {
    const before = this.seen.get(md5);
    if (before !== undefined) return before;
    const offset = this.size;
    this.seen.set(md5, offset);
    this.size += content.length;
    this.length += content.length;
    return offset;
  }

  flush(): void {
    writeAll(this.fd, this.gathered.subarray(0, this.length), this.size - this.length);
    this.length = 0;
  }

  close(): void {
    closeSync(this.fd);
  }
}

function lookUp(database: Db | undefined): (md5: string) => boolean {
  const statement = database?.prepare("SELECT 1 FROM data_object WHERE md5 = ? AND packed >= 0");
  return (md5) => statement?.get(md5) !== undefined;
}

function readWhole(
  { file, name }: FileTask,
  room: (length: number) => Buffer,
): { content: Buffer; stat: FileStat } {
  for (let tries = 1; ; tries++) {
    const fd = openSync(file, "r");
    try {
      const before = settled(fd);
      const content = room(before.size);
      let done = 0;
      for (let count = -1; count !== 0 && done < content.length; done += count)
        count = readSync(fd, content, done, content.length - done, done);
      if (done === content.length && isSame(before, fstatSync(fd))) return { content, stat: statOf(before) };
    } finally {
      closeSync(fd);
    }
    if (tries === TRIES) throw changing(name);
  }
}

/** Reads a file part by part. Undefined where it changed meanwhile. */
function readParts(file: string, take: (part: Buffer) => void): FileStat | undefined {
  const fd = openSync(file, "r");
  try {
    const before = settled(fd);
    const buffer = Buffer.allocUnsafe(Math.min(STEP, before.size + 1));
    let count = -1;
    // Not to its end: something may be writing faster than this reads.
    for (let done = 0; count !== 0 && done <= before.size; done += count) {
      count = readSync(fd, buffer);
      take(buffer.subarray(0, count));
    }
    return isSame(before, fstatSync(fd)) ? statOf(before) : undefined;
  } finally {
    closeSync(fd);
  }
}
