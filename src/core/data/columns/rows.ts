import type { Dialect } from "./dialect.js";

/** What is around the values of a row: one piece more than it has values, and the name of each value's column. */
export interface Template {
  pieces: Buffer[];
  names: string[];
}

const [LF, CR, QUOTE, BACKSLASH, COMMA, COLON] = [10, 13, 34, 92, 44, 58];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [123, 125, 91, 93];
const MAX_VALUES = 4096;
const MAX_KEYS = 16 << 10;
const MAX_CACHE = 1024;

/** A row that is like no other: it is one value. */
export const WHOLE_ROW: Template = { pieces: [Buffer.alloc(0), Buffer.alloc(0)], names: ["*"] };

/** Takes rows apart. What it says of a row depends on that row and the dialect alone; any bytes can be put together again. */
export class RowReader {
  /** Begins and ends of the values of the row read last. */
  spans = new Uint32Array(64);
  private readonly cache = new Map<string | number, Template>();
  private last: Template | undefined;
  private count = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly dialect: Dialect,
  ) {}

  read(from: number, to: number): Template {
    this.count = 0;
    const found = this.dialect.kind === "json" ? this.json(from, to) : this.delimited(from, to, this.dialect);
    if (found) return found;
    this.count = 0;
    this.value(from, to);
    return WHOLE_ROW;
  }

  private value(start: number, end: number): void {
    const at = this.count++ * 2;
    if (at + 1 >= this.spans.length) {
      const larger = new Uint32Array(this.spans.length * 2);
      larger.set(this.spans);
      this.spans = larger;
    }
    this.spans[at] = start;
    this.spans[at + 1] = end;
  }

  private delimited(
    from: number,
    to: number,
    { separator, quoted }: Extract<Dialect, { kind: "delimited" }>,
  ): Template | undefined {
    const { bytes } = this;
    let end = to;
    if (end > from && bytes[end - 1] === LF) end--;
    if (end > from && end < to && bytes[end - 1] === CR) end--;
    let start = from;
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (byte === separator) {
        this.value(start, at);
        start = at + 1;
      } else if (quoted && byte === QUOTE) {
        for (at++; at < end && bytes[at] !== QUOTE;) at++;
      }
    }
    this.value(start, end);
    if (this.count > MAX_VALUES) return undefined;
    const key = this.count * 4 + (to - end);
    let template = this.cache.get(key);
    if (!template) {
      const pieces = Array.from({ length: this.count + 1 }, (_, i) =>
        i === 0
          ? Buffer.alloc(0)
          : i < this.count
            ? Buffer.from([separator])
            : Buffer.from(bytes.subarray(end, to)),
      );
      template = { pieces, names: Array.from({ length: this.count }, (_, i) => String(i)) };
      this.cache.set(key, template);
    }
    return template;
  }

  private json(from: number, to: number): Template | undefined {
    if (this.last && this.like(this.last, from, to)) return this.last;
    this.count = 0;
    const key = this.parseJson(from, to);
    if (key === undefined) return undefined;
    let template = this.cache.get(key);
    if (!template) {
      template = this.jsonTemplate(from, to);
      if (this.cache.size >= MAX_CACHE) this.cache.clear();
      this.cache.set(key, template);
    }
    return (this.last = template);
  }

  /** Whether a row has exactly the keys of another, written alike; fills in its values. */
  private like({ pieces }: Template, from: number, to: number): boolean {
    const { bytes } = this;
    let at = from;
    for (const [i, piece] of pieces.entries()) {
      if (at + piece.length > to) return false;
      for (let k = 0; k < piece.length; k++) if (bytes[at + k] !== piece[k]) return false;
      at += piece.length;
      if (i === pieces.length - 1) break;
      const end = this.endOfValue(at, to);
      if (end < 0) return false;
      this.value(at, end);
      at = end;
    }
    return at === to;
  }

  /** Finds the values of an object; returns what is around them. Undefined for what is no object. */
  private parseJson(from: number, to: number): string | undefined {
    const { bytes } = this;
    let at = this.skipSpace(from, to);
    if (bytes[at] !== OPEN) return undefined;
    let around = "";
    let piece = from;
    for (at = this.skipSpace(at + 1, to); ;) {
      if (bytes[at] !== QUOTE) return undefined;
      at = this.endOfValue(at, to);
      if (at < 0) return undefined;
      at = this.skipSpace(at, to);
      if (bytes[at] !== COLON) return undefined;
      at = this.skipSpace(at + 1, to);
      const end = this.endOfValue(at, to);
      if (end <= at) return undefined;
      around += `${bytes.toString("latin1", piece, at)}\0`;
      if (around.length > MAX_KEYS) return undefined;
      this.value(at, end);
      piece = end;
      at = this.skipSpace(end, to);
      if (bytes[at] === CLOSE) break;
      if (bytes[at] !== COMMA) return undefined;
      at = this.skipSpace(at + 1, to);
    }
    around += bytes.toString("latin1", piece, to);
    return around.length > MAX_KEYS || this.count > MAX_VALUES ? undefined : around;
  }

  private jsonTemplate(from: number, to: number): Template {
    const pieces: Buffer[] = [];
    const names: string[] = [];
    const seen = new Map<string, number>();
    let start = from;
    for (let i = 0; i <= this.count; i++) {
      const end = i < this.count ? (this.spans[i * 2] ?? to) : to;
      const piece = Buffer.from(this.bytes.subarray(start, end));
      pieces.push(piece);
      start = this.spans[i * 2 + 1] ?? to;
      if (i === this.count) break;
      const text = piece.toString("latin1");
      const key = text.slice(text.indexOf('"'), text.lastIndexOf('"'));
      const times = seen.get(key) ?? 0;
      seen.set(key, times + 1);
      names.push(times === 0 ? key : `${key}#${times}`);
    }
    return { pieces, names };
  }

  private skipSpace(from: number, to: number): number {
    let at = from;
    while (at < to && (this.bytes[at] === 32 || this.bytes[at] === 9)) at++;
    return at;
  }

  /** Where the JSON value that begins here ends; −1 where the row ends first. */
  private endOfValue(from: number, to: number): number {
    const { bytes } = this;
    const first = bytes[from];
    let at = from;
    if (first === QUOTE) {
      for (at++; at < to && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
      return at < to ? at + 1 : -1;
    }
    if (first === OPEN || first === OPEN_LIST) {
      let depth = 0;
      for (; at < to; at++) {
        const byte = bytes[at];
        if (byte === QUOTE) {
          const end = this.endOfValue(at, to);
          if (end < 0) return -1;
          at = end - 1;
        } else if (byte === OPEN || byte === OPEN_LIST) depth++;
        else if ((byte === CLOSE || byte === CLOSE_LIST) && --depth === 0) return at + 1;
      }
      return -1;
    }
    while (at < to) {
      const byte = bytes[at] ?? 0;
      if (byte === COMMA || byte === CLOSE || byte === CLOSE_LIST || byte <= 32) break;
      at++;
    }
    return at < to ? at : -1;
  }
}
