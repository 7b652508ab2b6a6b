import { ByteReader, ByteWriter } from "../../lineDelta/index.js";
import { type ByteSource, parts } from "../sources.js";
import { chunksOf, type ChunkSizes } from "./chunks.js";
import { frame, FrameReader } from "./framed.js";
import { needed } from "./lines.js";
import type { Recipe } from "./types.js";

/** What of the child is looked at and written at once. */
const WINDOW = 16 << 20;
/** Chunks of the parent that are remembered, at most about so many: of larger files the chunks are larger. */
const MAX_CHUNKS = 1 << 18;
const COPY_STEP = 4 << 20;
/** How far a copy is lengthened at once. */
const STRETCH = 64 << 10;

function sizesFor(size: number): ChunkSizes {
  let average = 4 << 10;
  while (size / average > MAX_CHUNKS) average *= 2;
  return { min: average / 4, average, max: average * 8 };
}

/**
 * Copy and insert of bytes against the parent, wherever they have moved to: content-defined chunks find what both have,
 * copies are lengthened byte by byte on both sides, the rest is compressed. A window is a block of copies and lengths,
 * and a block of new bytes.
 */
export const bytes: Recipe = {
  name: "bytes",
  needsParent: true,
  suits: (child, parent) => parent !== undefined && parent.size > 0 && child.size > 0,
  *encode(child, given) {
    const parent = needed(given);
    const sizes = sizesFor(Math.max(parent.size, child.size));
    const index = indexOf(parent, sizes);
    let expected = 0;
    for (const window of parts(child, WINDOW)) {
      const copies = findCopies(window, parent, index, sizes, expected);
      const operations = new ByteWriter();
      const fresh: Buffer[] = [];
      let done = 0;
      let last = expected;
      for (const { start, end, from } of copies) {
        fresh.push(window.subarray(done, start));
        operations.number(start - done);
        operations.number(end - start);
        operations.signed(from - last);
        last = from + end - start;
        done = end;
      }
      fresh.push(window.subarray(done));
      operations.number(window.length - done);
      operations.number(0);
      yield Buffer.concat([frame(operations.done()), frame(Buffer.concat(fresh))]);
      expected = last;
    }
  },
  *decode(stored, given) {
    const parent = needed(given);
    const reader = new FrameReader(stored);
    let last = 0;
    while (!reader.done) {
      const operations = new ByteReader(reader.next());
      const fresh = reader.next();
      let at = 0;
      while (operations.left > 0) {
        const insert = operations.number();
        if (at + insert > fresh.length) throw new RangeError("it inserts more than it has");
        if (insert > 0) yield fresh.subarray(at, at + insert);
        at += insert;
        const length = operations.number();
        if (length === 0) continue;
        const from = last + operations.signed();
        if (from < 0 || from + length > parent.size)
          throw new RangeError("it copies what the parent has not");
        for (let k = 0; k < length; k += COPY_STEP)
          yield parent.read(from + k, Math.min(COPY_STEP, length - k));
        last = from + length;
      }
    }
  },
};

interface Copy {
  start: number;
  end: number;
  /** Where in the parent. */
  from: number;
}

/** First places of the parent's chunks by their hash. */
function indexOf(parent: ByteSource, sizes: ChunkSizes): Map<number, number> {
  const index = new Map<number, number>();
  let base = 0;
  while (base < parent.size) {
    const length = Math.min(WINDOW, parent.size - base);
    const window = parent.read(base, length);
    let used = length;
    for (const { start, end, hash } of chunksOf(window, sizes)) {
      // A chunk that the window cuts off begins the next one, but for the very last.
      if (end === length && base + length < parent.size && start > 0) {
        used = start;
        break;
      }
      if (!index.has(hash)) index.set(hash, base + start);
    }
    base += used;
  }
  return index;
}

/** Ranges of the window that the parent has too, in order and apart. `expected` is where the last copy ended. */
function findCopies(
  window: Buffer,
  parent: ByteSource,
  index: ReadonlyMap<number, number>,
  sizes: ChunkSizes,
  expected: number,
): Copy[] {
  const copies: Copy[] = [];
  let current: Copy | undefined;
  for (const { start, end, hash } of chunksOf(window, sizes)) {
    if (current && end <= current.end) continue;
    const length = end - start;
    const equals = (from: number) =>
      from >= 0 &&
      from + length <= parent.size &&
      window.compare(parent.read(from, length), 0, length, start, end) === 0;
    if (current && start < current.end) {
      // The copy reaches into this chunk; what follows it is not the parent's next.
      if (!equals(index.get(hash) ?? -1)) continue;
    }
    // Where it would be if as many bytes were replaced as there were; finds what stands often, as zeros do.
    const likely = current ? current.from + start - current.start : expected + start;
    const from = equals(likely) ? likely : (index.get(hash) ?? -1);
    if (from !== likely && !equals(from)) continue;
    if (current?.end === start && current.from + (current.end - current.start) === from) {
      current.end = end;
    } else {
      const low = current?.end ?? 0;
      const begin =
        current && start < current.end ? current.end : start - matchBefore(window, start, low, parent, from);
      current = { start: begin, end, from: from - (start - begin) };
      copies.push(current);
    }
    current.end += matchAfter(window, current.end, parent, current.from + current.end - current.start);
  }
  return copies.filter((copy) => copy.end > copy.start);
}

/** How many bytes before both places are the same, not going below `low` in the window. */
function matchBefore(window: Buffer, at: number, low: number, parent: ByteSource, from: number): number {
  const most = Math.min(at - low, from, STRETCH);
  if (most <= 0) return 0;
  const old = parent.read(from - most, most);
  let count = 0;
  while (count < most && old[most - 1 - count] === window[at - 1 - count]) count++;
  return count;
}

function matchAfter(window: Buffer, at: number, parent: ByteSource, from: number): number {
  const most = Math.min(window.length - at, parent.size - from, STRETCH);
  if (most <= 0) return 0;
  const old = parent.read(from, most);
  let count = 0;
  while (count < most && old[count] === window[at + count]) count++;
  return count;
}
