import { ByteReader, ByteWriter, decodeLineDelta, encodeLineDelta } from "../../lineDelta/index.js";
import type { ByteSource } from "../sources.js";
import { alignSegments } from "./segments.js";
import type { Recipe } from "./types.js";

/** Parent and child together up to here are one delta, in which rows may come from anywhere. */
const WHOLE = 256 << 20;
const SAMPLE = 64 << 10;
/** Longer lines are hardly rows. */
const MAX_LINE = 16 << 10;
const HEADER = 32;

/**
 * Copy and insert of lines against the parent (core/data/lineDelta). Two that are too large to be compared as a whole
 * are cut at lines that both have, and compared piece by piece.
 */
export const lines: Recipe = {
  name: "lines",
  needsParent: true,
  suits: (child, parent) => parent !== undefined && looksLikeLines(child) && looksLikeLines(parent),
  *encode(child, given) {
    const parent = needed(given);
    const whole = [{ from: 0, to: parent.size, childFrom: 0, childTo: child.size }];
    const segments = parent.size + child.size <= WHOLE ? whole : alignSegments(parent, child);
    for (const { from, to, childFrom, childTo } of segments) {
      const delta = encodeLineDelta(parent.read(from, to - from), child.read(childFrom, childTo - childFrom));
      const header = new ByteWriter();
      for (const value of [from, to - from, delta.length]) header.number(value);
      const padded = Buffer.alloc(HEADER);
      header.done().copy(padded);
      yield Buffer.concat([padded, delta]);
    }
  },
  *decode(stored, given) {
    const parent = needed(given);
    for (let at = 0; at < stored.size;) {
      const header = new ByteReader(stored.read(at, HEADER));
      const [from, length, size] = [header.number(), header.number(), header.number()];
      if (length > WHOLE) throw new RangeError("a piece is too large");
      yield decodeLineDelta(parent.read(from, length), stored.read(at + HEADER, size), "of this version");
      at += HEADER + size;
    }
  },
};

export function needed(parent: ByteSource | undefined): ByteSource {
  if (!parent) throw new RangeError("its parent is missing");
  return parent;
}

function looksLikeLines(source: ByteSource): boolean {
  const sample = source.read(0, Math.min(SAMPLE, source.size));
  if (sample.includes(0)) return false;
  let count = 0;
  for (const byte of sample) if (byte === 10) count++;
  return count * MAX_LINE >= sample.length;
}
