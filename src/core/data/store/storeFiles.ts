import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Db } from "../../store/index.js";
import { appendIndex } from "./fileIndex.js";

const STATE = { writing: 0, whole: 1, removing: 2 } as const;
/** The writer of what no process is at: what is no number is no process. */
const NOBODY = `${os.hostname()}:none`;

/** A file of the store. */
export interface StoreFile {
  id: number;
  /** Absolute. */
  file: string;
}

interface FileRow {
  id: number;
  path: string;
  writer: string;
}

/**
 * The files that Cairn makes for contents. Each is written down before it is made and before it is removed, so that
 * whatever dies in between, the next to come finds and removes what nothing refers to. Those outside the store (what is
 * about to take a dataset's place) have absolute paths.
 */
export class StoreFiles {
  private readonly writer = `${os.hostname()}:${process.pid}`;

  constructor(
    private readonly database: Db,
    /** The store's folder. */
    readonly root: string,
  ) {}

  /** A new file below the store, not made yet. */
  create(extension: "raw" | "pack" | "tmp"): StoreFile {
    const id = this.insert(`?${process.pid}.${process.hrtime.bigint()}`);
    const name = `${String(id % 256).padStart(3, "0")}/${id}.${extension}`;
    const file = path.join(this.root, name);
    if (existsSync(file)) {
      // Of a database that was lost, and not taken in.
      this.release({ id, file });
      return this.create(extension);
    }
    this.database.prepare("UPDATE data_file SET path = ? WHERE id = ?").run(name, id);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return { id, file };
  }

  /** A file or folder elsewhere that is to go if this process dies. */
  claim(file: string): StoreFile {
    return { id: this.insert(file), file };
  }

  /** A folder for files on their way elsewhere. `remove` takes it away with what is in it. */
  scratch(): StoreFile {
    const scratch = this.create("tmp");
    mkdirSync(scratch.file, { mode: 0o700 });
    return scratch;
  }

  /**
   * Inside the transaction that refers to it, after what it holds was written down. The file must be on disk and closed;
   * a list of what it holds is put behind that.
   */
  settle({ id, file }: StoreFile, size: number): void {
    const bytes = size + appendIndex(this.database, id, file);
    this.database
      .prepare("UPDATE data_file SET state = ?, bytes = ? WHERE id = ?")
      .run(STATE.whole, bytes, id);
  }

  /** Inside a transaction: takes in a file that the database does not know. Returns its id. */
  adopt(name: string): number {
    const own = Number(/(\d+)\.\w+$/.exec(name)?.[1]);
    const isFree = this.database.prepare("SELECT 1 FROM data_file WHERE id = ?").get(own) === undefined;
    const { lastInsertRowid } = this.database
      .prepare("INSERT INTO data_file (id, path, bytes, state, writer) VALUES (?, ?, ?, ?, ?)")
      .run(isFree ? own : null, name, statSync(this.pathOf(name)).size, STATE.whole, this.writer);
    return Number(lastInsertRowid);
  }

  /** Inside a transaction: a file that holds nothing that is not elsewhere is swept by the next process. */
  abandonUnused(id: number): void {
    this.database
      .prepare(
        `UPDATE data_file SET state = ?, writer = ? WHERE id = ?
         AND NOT EXISTS (SELECT 1 FROM data_object WHERE file = data_file.id)`,
      )
      .run(STATE.removing, NOBODY, id);
  }

  /** Inside the transaction that refers to it no more; `remove` comes after. */
  abandon(id: number): void {
    this.database.prepare("UPDATE data_file SET state = ? WHERE id = ?").run(STATE.removing, id);
  }

  /** Removes it from the disk, then from the list, unless it was settled. */
  remove({ id, file }: StoreFile): void {
    const state: unknown = this.database.prepare("SELECT state FROM data_file WHERE id = ?").pluck().get(id);
    if (state === undefined || state === STATE.whole) return;
    rmSync(file, { recursive: true, force: true, maxRetries: 3 });
    this.release({ id, file });
  }

  /** Forgets what is where it belongs, or was never made. */
  release({ id }: StoreFile): void {
    this.database.prepare("DELETE FROM data_file WHERE id = ?").run(id);
  }

  pathOf(name: string): string {
    return path.resolve(this.root, name);
  }

  /** Removes what processes that died have left. Returns how many files it were. */
  sweep(): number {
    const rows = this.database
      .prepare<[number], FileRow>("SELECT id, path, writer FROM data_file WHERE state <> ?")
      .all(STATE.whole);
    const left = rows.filter(({ writer }) => writer !== this.writer && !isAlive(writer));
    for (const { id, path: name } of left) {
      if (name.startsWith("?")) this.release({ id, file: "" });
      else this.remove({ id, file: this.pathOf(name) });
    }
    return left.length;
  }

  /** A mark for `removeTemporary`. */
  newest(): number {
    return Number(this.database.prepare("SELECT coalesce(max(id), 0) FROM data_file").pluck().get());
  }

  /** Removes what this process has made only for the moment since `newest` said so, and did not come to remove. */
  removeTemporary(since: number): void {
    const rows = this.database
      .prepare<[string, number], FileRow>(
        "SELECT id, path, writer FROM data_file WHERE writer = ? AND id > ? AND (path LIKE '%.tmp' OR path LIKE '?%')",
      )
      .all(this.writer, since);
    for (const { id, path: name } of rows) {
      if (name.startsWith("?")) this.release({ id, file: "" });
      else if (!path.isAbsolute(name)) this.remove({ id, file: this.pathOf(name) });
    }
  }

  private insert(name: string): number {
    const { lastInsertRowid } = this.database
      .prepare("INSERT INTO data_file (path, state, writer) VALUES (?, ?, ?)")
      .run(name, STATE.writing, this.writer);
    return Number(lastInsertRowid);
  }
}

/** Of another host nothing is known: what it writes stays. */
function isAlive(writer: string): boolean {
  const at = writer.lastIndexOf(":");
  if (writer.slice(0, at) !== os.hostname()) return true;
  try {
    process.kill(Number(writer.slice(at + 1)), 0);
    return !isZombie(writer.slice(at + 1));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Dead, and its parent has not asked yet how it ended: in containers that can take long. */
function isZombie(pid: string): boolean {
  try {
    return /^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Makes a written file safe against a power cut, and read-only. */
export function secure(file: string): void {
  const fd = openSync(file, "r+");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  chmodSync(file, 0o444);
  syncFolder(path.dirname(file));
}

/** Makes the names in a folder safe. Windows does so by itself and refuses to open folders. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
