import { closeSync, futimesSync, fstatSync, openSync } from "node:fs";
import { createMaskedCopy, type MaskedCopy, readNotes } from "./maskedCopy.js";
import { type Identity, isAlive } from "./processIdentity.js";
import type { StartedRecord } from "./records.js";

/** Others wait no longer than copying so much takes. */
const SLICE_BYTES = 4 << 20;
const LINGER_MS = 500;

/**
 * Copies what a run prints to its log in place of its runner, which was killed. The files are the keeper's, and stay with
 * it until all is copied: this process may be killed too.
 */
export class TakenOver {
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  private constructor(
    private readonly files: { raw: number; output: number; notes: number },
    private readonly copying: MaskedCopy,
    private readonly keeper: Identity,
    private readonly group: number,
  ) {}

  /** Undefined where nothing is kept. Throws the system's error where the log cannot be opened. */
  static open({ keeper, command }: StartedRecord, console: string): TakenOver | undefined {
    if (process.platform !== "linux" || keeper === undefined || !isAlive(keeper)) return undefined;
    const opened: number[] = [];
    const open = (file: string, flags: string): number => {
      const fd = openSync(file, flags);
      opened.push(fd);
      return fd;
    };
    try {
      const notes = open(`/proc/${keeper.pid}/fd/0`, "r+");
      const raw = open(`/proc/${keeper.pid}/fd/1`, "r");
      const known = readNotes(notes);
      if (known === undefined) throw new Error("What the runner knew cannot be read.");
      const files = { raw, notes, output: open(console, "a") };
      return new TakenOver(files, createMaskedCopy(files, known.secrets, known.place), keeper, command.pid);
    } catch (error) {
      for (const fd of opened) closeSync(fd);
      throw error;
    }
  }

  copy(): void {
    if (!this.closed) this.copying.copy(SLICE_BYTES);
  }

  /** The command has ended. False while there is more to copy; then the log's time becomes that of the last output. */
  copyLast(): boolean {
    if (this.closed) return true;
    if (this.copying.copy(SLICE_BYTES) === "more") return false;
    const { atime, mtime } = fstatSync(this.files.raw);
    futimesSync(this.files.output, atime, mtime);
    return true;
  }

  /** Goes on while there are processes that the command left behind; `done` is called when there are none. */
  linger(done: () => void): void {
    if (this.closed || this.timer !== undefined) return;
    const look = (): void => {
      const lives = this.groupLives();
      this.copy();
      if (lives) return;
      this.end();
      done();
    };
    this.timer = setInterval(look, LINGER_MS);
    this.timer.unref();
    look();
  }

  /** Copies the rest; nothing is kept any longer. */
  end(): void {
    if (this.closed) return;
    this.copying.end();
    this.leave();
    if (isAlive(this.keeper)) process.kill(this.keeper.pid, "SIGKILL");
  }

  /** Somebody else goes on here. */
  leave(): void {
    clearInterval(this.timer);
    if (this.closed) return;
    this.closed = true;
    for (const fd of Object.values(this.files)) closeSync(fd);
  }

  private groupLives(): boolean {
    try {
      process.kill(-this.group, 0);
      return true;
    } catch {
      return false;
    }
  }
}
