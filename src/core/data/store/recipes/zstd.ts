import { type ByteSource, parts } from "../sources.js";
import { frame, FrameReader } from "./framed.js";
import type { Recipe } from "./types.js";

/** Much more than zstd's window at this level, so that a block costs next to nothing. */
const BLOCK = 8 << 20;

export const zstd: Recipe = {
  name: "zstd",
  needsParent: false,
  suits: (child) => child.size > 0,
  *encode(child: ByteSource) {
    for (const part of parts(child, BLOCK)) yield frame(part);
  },
  *decode(stored: ByteSource) {
    const reader = new FrameReader(stored);
    while (!reader.done) yield reader.next();
  },
};
