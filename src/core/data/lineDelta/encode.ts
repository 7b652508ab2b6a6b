import { constants, zstdCompressSync } from "node:zlib";
import { ByteWriter } from "./byteWriter.js";
import { type Lines, linesOf } from "./lines.js";
import { matchLines, NO_LINE } from "./match.js";
import { pairLines } from "./pairs.js";

/**
 * A copy/insert delta on lines: what a file has in common with its parent is copied by runs of lines; a line that
 * changed keeps its beginning and end from the line that it was; the rest is inserted. Numbers and texts of each kind
 * lie together, compressed apart:
 *
 *   runs     lines to copy, where from (relative to the line after the last one copied), lines in the gap behind
 *   origins  for each line of a gap: 0 for a new one, else 1 + the distance to the line it was
 *   edges    bytes kept at the beginning (or at the end: whichever varies less), relative to the line before
 *   removed  bytes that a changed line lost in the middle
 *   added    bytes that it got there, and `middles` these bytes
 *   fresh    new lines
 */
export const STREAMS = ["runs", "origins", "edges", "removed", "added", "middles", "fresh"] as const;
export type StreamName = (typeof STREAMS)[number];

export const MAGIC = Buffer.from("CLD1", "latin1");
/** Which edge `edges` tells of. */
export const EDGE = { head: 0, tail: 1 } as const;

const LEVEL = 9;

/** The delta that makes `child` of `parent`; both at most 2³² − 1 bytes. Deterministic. */
export function encodeLineDelta(parent: Buffer, child: Buffer): Buffer {
  const old = linesOf(parent);
  const now = linesOf(child);
  const delta = new Delta(old, now);
  const matches = matchLines(old, now);
  let expected = 0;
  for (let line = 0; line < now.count;) {
    const begin = line;
    const from = matches[line] ?? NO_LINE;
    if (from !== NO_LINE) while (line < now.count && matches[line] === from + line - begin) line++;
    const copied = line - begin;
    const next = copied > 0 ? from + copied : expected;
    const gap = line;
    while (line < now.count && matches[line] === NO_LINE) line++;
    delta.run(copied, from - expected, line - gap);
    if (line > gap) {
      const ahead = line < now.count ? (matches[line] ?? 0) : old.count;
      delta.changed(pairLines(old, next, ahead, now, gap, line), gap, next);
    }
    expected = next;
  }
  return delta.done(parent.length, child.length);
}

class Delta {
  private readonly streams = Object.fromEntries(STREAMS.map((name) => [name, new ByteWriter()])) as Record<
    StreamName,
    ByteWriter
  >;
  private readonly heads = new ByteWriter();
  private readonly tails = new ByteWriter();
  private lastHead = 0;
  private lastTail = 0;
  private unrestHead = 0;
  private unrestTail = 0;

  constructor(
    private readonly old: Lines,
    private readonly now: Lines,
  ) {}

  run(copied: number, distance: number, gap: number): void {
    const { runs } = this.streams;
    runs.number(copied);
    if (copied > 0) runs.signed(distance);
    runs.number(gap);
  }

  changed(pairs: Int32Array, first: number, expected: number): void {
    const { origins, fresh } = this.streams;
    let likely = expected;
    for (const [i, was] of pairs.entries()) {
      if (was === NO_LINE) {
        origins.number(0);
        fresh.copy(this.now.bytes, this.now.starts[first + i] ?? 0, this.now.starts[first + i + 1] ?? 0);
        continue;
      }
      origins.number(1 + was - likely);
      likely = was + 1;
      this.edited(was, first + i);
    }
  }

  done(parentLength: number, childLength: number): Buffer {
    const byTail = this.unrestTail < this.unrestHead;
    this.streams.edges = byTail ? this.tails : this.heads;
    const head = new ByteWriter();
    head.number(parentLength);
    head.number(childLength);
    head.number(byTail ? EDGE.tail : EDGE.head);
    const packed = STREAMS.map((name) => {
      const bytes = this.streams[name].done();
      const small = bytes.length === 0 ? bytes : compress(bytes);
      head.number(bytes.length);
      head.number(small.length);
      return small;
    });
    return Buffer.concat([MAGIC, head.done(), ...packed]);
  }

  private edited(was: number, is: number): void {
    const [a, aEnd] = [this.old.starts[was] ?? 0, this.old.starts[was + 1] ?? 0];
    const [b, bEnd] = [this.now.starts[is] ?? 0, this.now.starts[is + 1] ?? 0];
    const most = Math.min(aEnd - a, bEnd - b);
    let head = 0;
    while (head < most && this.old.bytes[a + head] === this.now.bytes[b + head]) head++;
    let tail = 0;
    while (tail < most - head && this.old.bytes[aEnd - 1 - tail] === this.now.bytes[bEnd - 1 - tail]) tail++;
    const { removed, added, middles } = this.streams;
    this.heads.signed(head - this.lastHead);
    this.tails.signed(tail - this.lastTail);
    this.unrestHead += Math.abs(head - this.lastHead);
    this.unrestTail += Math.abs(tail - this.lastTail);
    this.lastHead = head;
    this.lastTail = tail;
    removed.number(aEnd - a - head - tail);
    added.number(bEnd - b - head - tail);
    middles.copy(this.now.bytes, b + head, bEnd - tail);
  }
}

function compress(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
}
