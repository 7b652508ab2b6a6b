import { decodeLineDelta, encodeLineDelta } from "../../lineDelta/index.js";
import type { ByteSource } from "../sources.js";
import { decodePieces, encodePieces } from "./pieces.js";
import { alignSegments } from "./segments.js";
import type { Recipe } from "./types.js";

/** Parent and child together up to here are one delta, in which rows may come from anywhere. */
const WHOLE = 256 << 20;
const SAMPLE = 64 << 10;
/** Longer lines are hardly rows. */
const MAX_LINE = 16 << 10;

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
    yield* encodePieces(parent, child, segments, encodeLineDelta);
  },
  *decode(stored, given) {
    yield* decodePieces(stored, needed(given), WHOLE, (old, delta) =>
      decodeLineDelta(old, delta, "of this version"),
    );
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
