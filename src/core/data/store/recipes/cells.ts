import { decodeCells, dialectOf, encodeCells } from "../../columns/index.js";
import { ByteReader, ByteWriter } from "../../lineDelta/index.js";
import { sampleOf } from "./columns.js";
import { needed } from "./lines.js";
import { alignSegments } from "./segments.js";
import type { Recipe } from "./types.js";

/** Parent and child together up to here are compared as a whole; larger ones piece by piece, as lines are. */
const WHOLE = 160 << 20;
const HEADER = 32;
const FALLBACK = { kind: "delimited", separator: 44, quoted: true } as const;

/** Rows of CSV, TSV and JSON lines against those of the parent, and of rows that changed the cells that did. */
export const cells: Recipe = {
  name: "cells",
  needsParent: true,
  isSlow: true,
  suits: (child, parent) =>
    parent !== undefined &&
    dialectOf(sampleOf(child)) !== undefined &&
    dialectOf(sampleOf(parent))?.kind === dialectOf(sampleOf(child))?.kind,
  *encode(child, given) {
    const parent = needed(given);
    const oldDialect = dialectOf(sampleOf(parent)) ?? FALLBACK;
    const dialect = dialectOf(sampleOf(child)) ?? FALLBACK;
    const whole = [{ from: 0, to: parent.size, childFrom: 0, childTo: child.size }];
    const sizes = { target: 32 << 20, max: 64 << 20 };
    const segments = parent.size + child.size <= WHOLE ? whole : alignSegments(parent, child, sizes);
    for (const { from, to, childFrom, childTo } of segments) {
      const old = parent.read(from, to - from);
      const delta = encodeCells(old, oldDialect, child.read(childFrom, childTo - childFrom), dialect);
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
      yield decodeCells(parent.read(from, length), stored.read(at + HEADER, size), WHOLE);
      at += HEADER + size;
    }
  },
};
