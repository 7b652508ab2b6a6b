import { stat } from "node:fs/promises";
import type { ConsoleChunk } from "../../shared/protocol.js";
import { toErrorShape } from "../../shared/errors.js";
import { readConsoleLog } from "./consoleLog.js";
import { type EndOfRun, endByAbsence, endByRecord } from "./endOfRun.js";
import { type LaunchFolder } from "./launchFolder.js";
import { isAlive } from "./processIdentity.js";
import { readExit, readStarted, readStop, type ExitRecord, type StartedRecord } from "./records.js";
import { TakenOver } from "./takeOver.js";

const CHUNK_BYTES = 64 << 10;
/** Further behind than this, output is skipped over for listeners: they see the gap by the offsets and may read it. */
const MAX_BEHIND = 4 << 20;
/** Between a spawned runner and its record lie milliseconds; after this it is taken for dead. */
const START_LIMIT_MS = 10_000;

/** One run that was started and whose end is not yet in the store. */
export class LaunchedRun {
  started: StartedRecord | undefined;
  /** The command's working folder, before the record of its start tells it. */
  cwd: string | undefined;
  /** Bytes of the console given to listeners. */
  private told = 0;
  private telling: Promise<void> | undefined;
  readonly background = new AbortController();
  /** Pending digests of large data; resolves, never rejects. */
  digesting: Promise<void> = Promise.resolve();
  /** Being stopped; whoever asks again waits for the same. */
  stopping: Promise<{ endReason: string }> | undefined;
  /** Copies the output where the runner that did so was killed; undefined otherwise. */
  takenOver: TakenOver | undefined;
  private cannotTakeOver = false;

  constructor(
    readonly runId: string,
    readonly files: LaunchFolder,
    /** Milliseconds since the epoch. */
    readonly startTime: number,
  ) {}

  /** Undefined while it runs. A record that cannot be read ends the run too: nothing more will be learnt of it. */
  async end(): Promise<EndOfRun | undefined> {
    try {
      return await this.findEnd();
    } catch (error) {
      if (toErrorShape(error).code !== "corrupt") throw error;
      return endByAbsence(this.files, undefined, this.startTime, toErrorShape(error).message);
    }
  }

  private async findEnd(): Promise<EndOfRun | undefined> {
    const exit = await this.exitRecord();
    this.started ??= await readStarted(this.files.started);
    if (this.started?.keeper !== undefined) this.takeOver(this.started);
    if (exit !== undefined) return endByRecord(exit, await readStop(this.files.stop), await this.isShell());
    if (this.started === undefined) {
      if (Date.now() - this.startTime < START_LIMIT_MS) return undefined;
    } else if (isAlive(this.started.command) || isAlive(this.started.runner)) {
      return undefined;
    }
    if (this.takenOver?.copyLast() === false) return undefined;
    // The record may have been written between the two looks.
    const late = await this.exitRecord();
    const stop = await readStop(this.files.stop);
    return late === undefined
      ? endByAbsence(this.files, stop, this.started?.time ?? this.startTime)
      : endByRecord(late, stop, await this.isShell());
  }

  private takeOver(started: StartedRecord): void {
    if (this.takenOver === undefined && !this.cannotTakeOver && !isAlive(started.runner)) {
      // Tried once: the run goes on and ends without it.
      this.cannotTakeOver = true;
      this.takenOver = TakenOver.open(started, this.files.console);
    }
    this.takenOver?.copy();
  }

  private async isShell(): Promise<boolean> {
    this.started ??= await readStarted(this.files.started);
    return this.started?.shell ?? false;
  }

  private exitRecord(): Promise<ExitRecord | undefined> {
    return readExit(this.files.exit);
  }

  /** Output from now on only: what was written before is read by offset. */
  async skipOutput(): Promise<void> {
    this.told = await this.consoleSize();
  }

  /** Gives new output to `listener`, in order, one call at a time. */
  async tellOutput(ended: boolean, listener: (chunk: ConsoleChunk) => void): Promise<void> {
    await this.telling;
    this.telling = this.tell(ended, listener);
    await this.telling;
  }

  private async tell(ended: boolean, listener: (chunk: ConsoleChunk) => void): Promise<void> {
    const size = await this.consoleSize();
    if (size - this.told > MAX_BEHIND) this.told = size - CHUNK_BYTES;
    for (;;) {
      if (!ended && (await this.consoleSize()) <= this.told) return;
      const chunk = await readConsoleLog(this.files.console, this.told, CHUNK_BYTES, ended);
      const moved = chunk.end > this.told;
      this.told = Math.max(this.told, chunk.end);
      if (chunk.text !== "" || chunk.complete) listener(chunk);
      if (!moved || chunk.complete) return;
    }
  }

  private async consoleSize(): Promise<number> {
    return stat(this.files.console).then(
      (info) => info.size,
      () => 0,
    );
  }
}
