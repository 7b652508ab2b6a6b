import { decodeTable, dialectOf, encodeTable } from "../../columns/index.js";
import type { ByteSource } from "../sources.js";
import { compress } from "../zstd.js";
import type { Recipe } from "./types.js";

/** What is taken apart at once; rows that a border cuts are told as rows like no other. */
const WINDOW = 16 << 20;
const SAMPLE = 64 << 10;
/** What decides whether the columns of a text are worth the time, and how much smaller than zstd they must be there. */
const TRIAL = 1 << 20;
const PROMISING = 0.6;
const HEADER = 4;

/** Rows of CSV, TSV and JSON lines, recognised by content: each column by itself (core/data/columns). */
export const columns: Recipe = {
  name: "columns",
  needsParent: false,
  isSlow: true,
  suits(child) {
    const dialect = dialectOf(sampleOf(child));
    if (!dialect) return false;
    const trial = child.read(0, Math.min(TRIAL, child.size));
    return encodeTable(trial, dialect).length < compress(trial).length * PROMISING;
  },
  *encode(child) {
    const dialect = dialectOf(sampleOf(child)) ?? { kind: "delimited", separator: 44, quoted: true };
    for (let at = 0; at < child.size;) {
      const window = child.read(at, Math.min(WINDOW, child.size - at));
      const end = at + window.length < child.size ? window.lastIndexOf(10) + 1 : 0;
      const text = end > 0 ? window.subarray(0, end) : window;
      const table = encodeTable(text, dialect);
      const header = Buffer.alloc(HEADER);
      header.writeUInt32LE(table.length);
      yield Buffer.concat([header, table]);
      at += text.length;
    }
  },
  *decode(stored) {
    for (let at = 0; at < stored.size;) {
      const size = stored.read(at, HEADER).readUInt32LE();
      yield decodeTable(stored.read(at + HEADER, size), WINDOW);
      at += HEADER + size;
    }
  },
};

export function sampleOf(source: ByteSource): Buffer {
  return source.read(0, Math.min(SAMPLE, source.size));
}
