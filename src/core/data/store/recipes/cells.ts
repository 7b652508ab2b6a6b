import { decodeCells, dialectOf, encodeCells } from "../../columns/index.js";
import { sampleOf } from "./columns.js";
import { needed } from "./lines.js";
import { decodePieces, encodePieces } from "./pieces.js";
import { alignSegments } from "./segments.js";
import type { Recipe } from "./types.js";

/** Parent and child together up to here are compared as a whole; larger ones piece by piece, as lines are. */
const WHOLE = 160 << 20;
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
    yield* encodePieces(parent, child, segments, (old, fresh) =>
      encodeCells(old, oldDialect, fresh, dialect),
    );
  },
  *decode(stored, given) {
    yield* decodePieces(stored, needed(given), WHOLE, (old, delta) => decodeCells(old, delta, WHOLE));
  },
};
