import { type FileHandle, open } from "node:fs/promises";
import { CairnError, toError } from "../../../shared/errors.js";

/** How a text is cut into records. */
export interface RecordRules {
  /** Of CSV and TSV, whose fields may hold line ends within quotes; absent where a line is a record. */
  delimiter?: string;
  /** Byte at which the first record may start. */
  start: number;
}

const CHUNK = 4 * 1024 * 1024;
/** A place is remembered every so many records, or bytes if those are more. */
const RECORDS_APART = 256;
const BYTES_APART = 1024 * 1024;

const LF = 10;
const CR = 13;
const QUOTE = 34;
const SPACE = 32;
const TAB = 9;

/** Where a record stands: nothing of it yet, at a field's start, in a plain field, within quotes, after a closing one. */
const NOTHING = 0;
const FIELD = 1;
const PLAIN = 2;
const QUOTED = 3;
const CLOSED = 4;

/**
 * Where the records of a text start, found by reading it once from the beginning, in the background: any part of it
 * can be read by place afterwards. Empty lines are no records. Sixteen bytes of memory stand for 256 records.
 */
export class RecordIndex {
  private readonly records: number[] = [];
  private readonly offsets: number[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly delimiter: number;
  private state = NOTHING;
  private started = 0;
  private done = false;
  private closed = false;
  private failure: Error | undefined;

  constructor(
    private readonly handle: FileHandle,
    private readonly size: number,
    private readonly rules: RecordRules,
  ) {
    this.delimiter = rules.delimiter === undefined ? -1 : rules.delimiter.charCodeAt(0);
    void this.scan();
  }

  static async open(file: string, size: number, rules: RecordRules): Promise<RecordIndex> {
    return new RecordIndex(await open(file), size, rules);
  }

  /** Records that are known to be whole. */
  get count(): number {
    return this.done ? this.started : Math.max(0, this.started - 1);
  }

  get complete(): boolean {
    return this.done;
  }

  /** Resolves when the record is known, or it is known that there is none. */
  async waitFor(record: number, signal?: AbortSignal): Promise<void> {
    while (!this.done && record >= this.count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
      if (signal?.aborted === true) throw new CairnError("cancelled", "Cancelled.");
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /**
   * Bytes that hold the records from `from` to before `to`, and the number of the first record in them. At most `limit`
   * bytes: the last records are missing or cut where that is not enough.
   */
  async read(from: number, to: number, limit: number): Promise<{ first: number; bytes: Buffer }> {
    const at = this.placeOf(from);
    const start = this.offsets[at] ?? this.rules.start;
    const end = this.offsets[this.placeOf(to - 1) + 1] ?? this.size;
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(limit, end - start)));
    const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, start);
    return { first: this.records[at] ?? 0, bytes: bytes.subarray(0, bytesRead) };
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.handle.close();
  }

  /** The last remembered place that is not after a record. */
  private placeOf(record: number): number {
    let low = 0;
    let high = this.records.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.records[middle] ?? 0) <= record) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async scan(): Promise<void> {
    try {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, this.size)));
      for (let at = this.rules.start; at < this.size && !this.closed;) {
        const { bytesRead } = await this.handle.read(chunk, 0, Math.min(chunk.length, this.size - at), at);
        if (bytesRead === 0) break;
        this.take(chunk, bytesRead, at);
        at += bytesRead;
        this.wake();
      }
    } catch (error) {
      if (!this.closed) this.failure = toError(error);
    }
    this.done = true;
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  /** One byte after the other, in plain variables: this is what limits the speed. */
  private take(chunk: Uint8Array, length: number, base: number): void {
    const { delimiter } = this;
    const plainLines = delimiter === -1;
    let { state } = this;
    for (let i = 0; i < length; i++) {
      const byte = chunk[i];
      if (state === PLAIN) {
        if (byte === LF || byte === CR) state = NOTHING;
        else if (byte === delimiter) state = FIELD;
        continue;
      }
      if (state === QUOTED) {
        if (byte === QUOTE) state = CLOSED;
        continue;
      }
      if (byte === LF || byte === CR) {
        state = NOTHING;
        continue;
      }
      if (state === NOTHING) {
        if (plainLines && (byte === SPACE || byte === TAB)) continue;
        this.start(base + i);
      }
      if (byte === delimiter) state = FIELD;
      else if (byte === QUOTE && !plainLines) state = QUOTED;
      else state = PLAIN;
    }
    this.state = state;
  }

  private start(offset: number): void {
    const last = this.records.length - 1;
    const near = this.started - (this.records[last] ?? 0) < RECORDS_APART;
    if (last < 0 || !near || offset - (this.offsets[last] ?? 0) > BYTES_APART) {
      this.records.push(this.started);
      this.offsets.push(offset);
    }
    this.started++;
  }
}
