import { open, type FileHandle } from "node:fs/promises";
import vm from "node:vm";
import { CONTROL, MAX_LINE, lineMatcher, plainLine } from "../../shared/console/plainLine.js";
import { CairnError, toError } from "../../shared/errors.js";
import { CONSOLE_MATCHES_MAX, type ConsoleMatches, type ConsoleQuery } from "../../shared/protocol.js";
import { PendingLine } from "./pendingLine.js";

/** Bytes looked at before others get their turn. */
const CHUNK = 512 * 1024;
/** A pattern that takes longer than this for one chunk (backtracking without end) is refused. */
const CHUNK_TIMEOUT_MS = 250;
const LINE_FEED = 10;
const CALL = new vm.Script("run()");

/**
 * Lines of a console log of any size that match, in memory for one chunk and the offsets found. Bytes that are no
 * UTF-8 are searched as U+FFFD. Throws CairnError `invalid` for a bad or endless pattern; an AbortError on `signal`.
 */
export async function searchConsole(
  file: string,
  query: ConsoleQuery,
  signal?: AbortSignal,
): Promise<ConsoleMatches> {
  const search = new Search(query);
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return search.result(query.from);
  }
  try {
    // No further than its present end: what is written meanwhile is looked at next time.
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(CHUNK, Math.max(1, size)));
    for (let at = query.from; at < size;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - at), at);
      if (bytesRead === 0) break;
      search.take(buffer.subarray(0, bytesRead), at);
      at += bytesRead;
    }
    return search.result(Math.max(query.from, size));
  } finally {
    await handle.close();
  }
}

class Search {
  private readonly matcher: (line: string) => boolean;
  private readonly lines: number[] = [];
  private count = 0;
  private readonly pending = new PendingLine();
  /** Where the unfinished line starts; undefined when the last one was finished. */
  private pendingStart: number | undefined;
  private context: vm.Context | undefined;

  constructor(private readonly query: ConsoleQuery) {
    this.matcher = matcherOf(query);
  }

  take(chunk: Buffer, offset: number): void {
    let at = 0;
    if (this.pendingStart !== undefined) {
      const end = chunk.indexOf(LINE_FEED);
      this.pending.feed(end < 0 ? chunk : chunk.subarray(0, end));
      if (end < 0) return;
      this.test([this.pending.finish()], [this.pendingStart]);
      this.pendingStart = undefined;
      at = end + 1;
    }
    const last = chunk.lastIndexOf(LINE_FEED);
    if (last >= at) {
      const block = chunk.subarray(at, last);
      if (!this.takePlain(block, offset + at)) this.takeLines(block, offset + at);
      at = last + 1;
    }
    if (at === chunk.length) return;
    this.pendingStart = offset + at;
    this.pending.feed(chunk.subarray(at));
  }

  result(end: number): ConsoleMatches {
    const before = this.count;
    if (this.pendingStart !== undefined) this.test([this.pending.finish()], [this.pendingStart]);
    const unfinished = this.count > before;
    return { lines: this.lines, count: this.count, end: this.pendingStart ?? end, unfinished };
  }

  /** Whole lines at once, where nothing in them is shown other than it is written; false where that may be so. */
  private takePlain(block: Buffer, offset: number): boolean {
    const { regex, caseSensitive, text: wanted } = this.query;
    if (regex || wanted.includes("…")) return false;
    const text = block.toString("utf8");
    CONTROL.lastIndex = 0;
    if (CONTROL.test(text) || Buffer.byteLength(text) !== block.length) return false;
    const hay = caseSensitive ? text : text.toLowerCase();
    // A letter whose small form is longer would shift what follows.
    if (hay.length !== text.length) return false;
    const needle = caseSensitive ? wanted : wanted.toLowerCase();
    if (needle === "" || needle.includes("\n")) return true;
    let counted = 0;
    let bytes = offset;
    for (let hit = hay.indexOf(needle); hit >= 0;) {
      const start = hit === 0 ? 0 : hay.lastIndexOf("\n", hit - 1) + 1;
      if (hit + needle.length - start <= MAX_LINE) {
        bytes += Buffer.byteLength(text.slice(counted, start));
        counted = start;
        this.add(bytes);
      }
      const end = hay.indexOf("\n", hit);
      hit = end < 0 ? -1 : hay.indexOf(needle, end + 1);
    }
    return true;
  }

  private takeLines(block: Buffer, offset: number): void {
    const texts: string[] = [];
    const starts: number[] = [];
    for (let at = 0; at <= block.length;) {
      const feed = block.indexOf(LINE_FEED, at);
      const end = feed < 0 ? block.length : feed;
      texts.push(plainLine(block.toString("utf8", at, end)));
      starts.push(offset + at);
      at = end + 1;
    }
    this.test(texts, starts);
  }

  private test(texts: string[], starts: number[]): void {
    const run = (): void => {
      texts.forEach((text, i) => {
        if (this.matcher(text)) this.add(starts[i] ?? 0);
      });
    };
    if (this.query.regex) this.withTimeout(run);
    else run();
  }

  /** A regular expression cannot be interrupted but through the engine of JavaScript itself. */
  private withTimeout(run: () => void): void {
    this.context ??= vm.createContext({});
    this.context.run = run;
    try {
      CALL.runInContext(this.context, { timeout: CHUNK_TIMEOUT_MS });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      throw new CairnError("invalid", "This pattern takes too long on the lines of this log.", {
        hint: "Repetitions inside repetitions, such as (a+)+, try every way to divide a line. Write it without.",
      });
    }
  }

  private add(start: number): void {
    this.count++;
    if (this.lines.length < CONSOLE_MATCHES_MAX) this.lines.push(start);
  }
}

function matcherOf(query: ConsoleQuery): (line: string) => boolean {
  try {
    return lineMatcher(query);
  } catch (error) {
    throw new CairnError("invalid", `This pattern cannot be read: ${toError(error).message}`);
  }
}
