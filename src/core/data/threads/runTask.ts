import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  type Stats,
} from "node:fs";
import { CairnError } from "../../../shared/errors.js";
import { type Db, openDatabase } from "../../store/index.js";
import { writeAll, writeSparse } from "../store/contentStore.js";
import type { FileStat, FileTask, HashedFile, Tasks } from "./tasks.js";

const STEP = 1 << 20;
const COPY_STEP = 4 << 20;
/** Bytes that are gathered before they are written. */
const GATHER = 4 << 20;
/** Milliseconds after which two changes of a file surely have different times. */
const SETTLED = 20;
const TRIES = 3;
const UNIX_BLOCK = 512;

export type Report = (bytes: number) => void;

export const runTask: {
  [K in keyof Tasks]: (params: Tasks[K]["params"], report: Report) => Tasks[K]["result"];
} = {
  bundle({ target, size, files, database }, report) {
    const known = database === null ? undefined : openDatabase(database, { readonly: true });
    const bundle = new Bundle(target, size);
    try {
      const find = lookUp(known);
      const result = files.map((file): HashedFile => {
        const { content, stat } = readWhole(file);
        report(content.length);
        const md5 = createHash("md5").update(content).digest("hex");
        const sha256 = createHash("sha256").update(content).digest("hex");
        return { md5, sha256, stat, offset: find(md5) ? null : bundle.add(md5, content) };
      });
      bundle.flush();
      return { size: bundle.size, files: result };
    } finally {
      bundle.close();
      known?.close();
    }
  },

  copy({ target, ...task }, report) {
    for (let tries = 1; ; tries++) {
      const stat = copyOnce(task, target, report);
      if (stat) return { stat };
      if (tries === TRIES) throw changing(task.name);
    }
  },

  hash({ file, algorithm }, report) {
    const hash = createHash(algorithm);
    readParts(file, (part) => {
      hash.update(part);
      report(part.length);
    });
    return { digest: hash.digest("hex") };
  },

  identify({ files }, report) {
    return {
      files: files.map((task) => {
        for (let tries = 1; ; tries++) {
          const hash = createHash("md5");
          const stat = readParts(task.file, (part) => {
            hash.update(part);
            report(part.length);
          });
          if (stat) return { md5: hash.digest("hex"), stat };
          if (tries === TRIES) throw changing(task.name);
        }
      }),
    };
  },
};

/** Small contents, one behind the other. */
class Bundle {
  private readonly fd: number;
  private readonly seen = new Map<string, number>();
  private waiting: Buffer[] = [];
  private gathered = 0;

  constructor(
    file: string,
    public size: number,
  ) {
    this.fd = openSync(file, size === 0 ? "wx" : "r+", 0o600);
    // What a task that failed has left behind the end is written over.
    ftruncateSync(this.fd, size);
  }

  add(md5: string, content: Buffer): number {
    const before = this.seen.get(md5);
    if (before !== undefined) return before;
    const offset = this.size;
    this.seen.set(md5, offset);
    this.waiting.push(content);
    this.size += content.length;
    this.gathered += content.length;
    if (this.gathered >= GATHER) this.flush();
    return offset;
  }

  flush(): void {
    if (this.gathered > 0) writeAll(this.fd, Buffer.concat(this.waiting), this.size - this.gathered);
    this.waiting = [];
    this.gathered = 0;
  }

  close(): void {
    closeSync(this.fd);
  }
}

function lookUp(database: Db | undefined): (md5: string) => boolean {
  const statement = database?.prepare("SELECT 1 FROM data_object WHERE md5 = ?");
  return (md5) => statement?.get(md5) !== undefined;
}

function readWhole({ file, name }: FileTask): { content: Buffer; stat: FileStat } {
  for (let tries = 1; ; tries++) {
    const fd = openSync(file, "r");
    try {
      const before = settled(fd);
      const content = Buffer.allocUnsafe(before.size);
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

function copyOnce({ file }: FileTask, target: string, report: Report): FileStat | undefined {
  const fd = openSync(file, "r");
  try {
    const before = settled(fd);
    // The kernel's copy fills holes.
    const isSparse = before.blocks * UNIX_BLOCK < before.size / 2;
    if (!(isSparse ? clone(file, target) : copyPlain(file, target))) {
      const out = openSync(target, "w", 0o600);
      try {
        const buffer = Buffer.allocUnsafe(COPY_STEP);
        let count = -1;
        for (let at = 0; count !== 0 && at < before.size; at += count) {
          count = readSync(fd, buffer, 0, COPY_STEP, at);
          writeSparse(out, buffer.subarray(0, count), at);
        }
        ftruncateSync(out, before.size);
      } finally {
        closeSync(out);
      }
    }
    report(before.size);
    return isSame(before, fstatSync(fd)) ? statOf(before) : undefined;
  } finally {
    closeSync(fd);
  }
}

function clone(file: string, target: string): boolean {
  try {
    copyFileSync(file, target, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  }
}

function copyPlain(file: string, target: string): true {
  copyFileSync(file, target, constants.COPYFILE_FICLONE);
  return true;
}

/** A change right after this look gets another time, because the clock of the file system has moved on. */
function settled(fd: number): Stats {
  for (let tries = 1; ; tries++) {
    const stat = fstatSync(fd);
    const age = Date.now() - stat.mtimeMs;
    // One that never rests is found out when it was read.
    if (age > SETTLED || age < 0 || tries > TRIES) return stat;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLED - age + 1);
  }
}

function isSame(a: Stats, b: Stats): boolean {
  return a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.size === b.size && a.ino === b.ino;
}

function statOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileStat {
  return { size, mtimeMs, ctimeMs, ino };
}

function changing(name: string): CairnError {
  return new CairnError("busy", `The file ${name} changes while it is read.`, {
    hint: "Wait until whatever writes to it has finished, and try again.",
  });
}
