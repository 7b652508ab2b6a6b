import type { Run } from "../../shared/tracking.js";
import type { Session } from "./session.js";

/** What a run becomes for somebody who asks for many: always the same function. */
export type WriteRun = (run: Run) => string;

/** Bytes kept: some 12,000 runs with 20 metrics and 20 parameters. */
const MAX_BYTES = 32_000_000;
/**
 * Once it is full, only one in so many is taken in, for those used longest ago: a walk through more runs than fit would
 * else push out each before it is asked for again.
 */
const ONE_IN = 8;

/**
 * Runs as text, in UTF-8, those used last: most of a page has not changed since it was asked for before. Every change
 * of a run drops its text before anybody can ask again.
 */
export class RunTexts {
  /** By run id, the one used longest ago first. */
  readonly #texts = new Map<string, Buffer>();
  #write: WriteRun | undefined;
  #bytes = 0;
  #passed = 0;

  constructor(
    session: Session,
    private readonly maxBytes = MAX_BYTES,
  ) {
    session.onChange((change) => {
      if (change.kind !== "experiment") this.#drop(change.runId);
    });
  }

  /** What all of these are kept in, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The text of a run as `write` made it; undefined when it is to be made again. */
  find(runId: string, write: WriteRun): Buffer | undefined {
    if (write !== this.#write) return undefined;
    const text = this.#texts.get(runId);
    if (!text) return undefined;
    this.#texts.delete(runId);
    this.#texts.set(runId, text);
    return text;
  }

  make(run: Run, write: WriteRun): Buffer {
    if (write !== this.#write) this.reset();
    this.#write = write;
    const { runId } = run.info;
    const source = write(run);
    this.#drop(runId);
    if (this.#bytes + source.length > this.maxBytes && ++this.#passed % ONE_IN !== 0)
      return Buffer.from(source);
    // Of its own: a piece of Node's pool would keep the other pieces alive.
    const text = Buffer.allocUnsafeSlow(Buffer.byteLength(source));
    text.write(source);
    this.#texts.set(runId, text);
    this.#bytes += text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#bytes <= this.maxBytes) break;
      this.#drop(oldest);
    }
    return text;
  }

  reset(): void {
    this.#texts.clear();
    this.#bytes = 0;
  }

  #drop(runId: string): void {
    const text = this.#texts.get(runId);
    if (!text) return;
    this.#texts.delete(runId);
    this.#bytes -= text.length;
  }
}
