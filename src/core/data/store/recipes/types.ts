import type { ByteSource } from "../sources.js";

export const RECIPE_NAMES = [
  "raw",
  "zstd",
  "lines",
  "bytes",
  "columns",
  "pages",
  "planes",
  "tensors",
  "cells",
] as const;
export type RecipeName = (typeof RECIPE_NAMES)[number];

/**
 * One way to store a content. Every recipe is tried that says it may do, and the smallest result taken; none knows the
 * name of a file. Both directions work part by part in bounded memory, and what is decoded is verified by the caller.
 */
export interface Recipe {
  readonly name: RecipeName;
  /** Whether it makes a content of an older one. */
  readonly needsParent: boolean;
  /** Whether making the content again takes several times longer than with the others: it must be worth that. */
  readonly isSlow?: boolean;
  /** Whether it is worth a try; looks at samples at most. */
  suits(child: ByteSource, parent: ByteSource | undefined): boolean;
  encode(child: ByteSource, parent: ByteSource | undefined): Iterable<Buffer>;
  /** Throws RangeError, CairnError or zlib's own for what was not encoded by it, or not of this parent. */
  decode(stored: ByteSource, parent: ByteSource | undefined): Iterable<Buffer>;
}
