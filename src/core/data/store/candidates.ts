import type { ContentStore } from "./contentStore.js";
import { PackWriter } from "./packWriter.js";
import { type Recipe, type RecipeName, recipeOf, recipes } from "./recipes/index.js";
import { type ByteSource, fileSource, parts } from "./sources.js";
import type { StoreFile } from "./storeFiles.js";
import { compress } from "./zstd.js";

/** What is encoded stays in memory up to here. */
const IN_MEMORY = 8 << 20;
/** Less gain than this is not worth the time to restore. */
const WORTH = 0.97;
/** A delta that is not much smaller than zstd alone would only lengthen the chain. */
const WORTH_DELTA = 0.9;
/** What a recipe that is slow to read back must come down to, compared with the best of the others. */
const WORTH_SLOW = 0.5;
/** A delta so much smaller than zstd alone is good enough: the others are not tried any more. */
const GOOD = 0.04;
const STEP = 4 << 20;
/** From this size on a part decides whether zstd alone is worth a try; and how large the parts are. */
const SAMPLED = 16 << 20;
const SAMPLE = 1 << 20;

export interface Candidate {
  recipe: Recipe;
  size: number;
  content: Encoded;
}

type Encoded = { kind: "memory"; parts: Buffer[] } | { kind: "file"; file: StoreFile } | { kind: "asItLies" };

/** A recipe that was not taken: the bytes it needs, or those at which it was given up. */
export interface Tried {
  recipe: RecipeName;
  bytes: number;
  isMore: boolean;
}

interface Candidates {
  candidates: Candidate[];
  /** Those that were given up. */
  given: Tried[];
  /** What zstd alone needs: of a large content that a delta makes much smaller judged by a part of it. Bytes. */
  compressed: number;
}

/** Tries every recipe that may do, those with a parent first where the content is large. */
export function candidatesFor(
  store: ContentStore,
  source: ByteSource,
  old: ByteSource | undefined,
): Candidates {
  const found: Candidates = { candidates: [], given: [], compressed: source.size };
  found.candidates.push({ recipe: recipeOf("raw"), size: source.size, content: { kind: "asItLies" } });
  const tryAll = (needsParent: boolean, limit: number, enough: number): number => {
    let smallest = limit;
    for (const recipe of recipes) {
      if (recipe.name === "raw" || recipe.needsParent !== needsParent || !recipe.suits(source, old)) continue;
      if (smallest < enough) break;
      const most = recipe.isSlow ? smallest * WORTH_SLOW : smallest;
      const made = encode(store, recipe, source, old, most);
      if (!made) {
        found.given.push({ recipe: recipe.name, bytes: Math.round(most), isMore: true });
        continue;
      }
      found.candidates.push({ recipe, ...made });
      smallest = made.size;
    }
    return smallest;
  };
  if (old && source.size > SAMPLED) {
    const likely = Math.min(source.size, compressedSample(source));
    if (tryAll(true, likely * WORTH_DELTA, likely * GOOD) < likely * GOOD)
      return { ...found, compressed: likely };
    tryAll(false, source.size * WORTH, 0);
  } else {
    const alone = tryAll(false, source.size * WORTH, 0);
    if (old) tryAll(true, alone * WORTH_DELTA, alone * GOOD);
  }
  const zstd = found.candidates.find(({ recipe }) => recipe.name === "zstd");
  return { ...found, compressed: zstd?.size ?? source.size };
}

/** What is said of the recipes that were not taken. */
export function alternativesOf(
  best: Candidate,
  candidates: readonly Candidate[],
  given: readonly Tried[],
): Tried[] {
  const others = candidates.filter((each) => each !== best && each.content.kind !== "asItLies");
  return [
    ...others.map(({ recipe, size }) => ({ recipe: recipe.name, bytes: size, isMore: false })),
    ...given,
  ];
}

/** Undefined where it gets larger than `limit`, or cannot be done: then the others are there. */
function encode(
  store: ContentStore,
  recipe: Recipe,
  source: ByteSource,
  old: ByteSource | undefined,
  limit: number,
): { size: number; content: Encoded } | undefined {
  try {
    return encodeUpTo(store, recipe.encode(source, old), limit);
  } catch (error) {
    // A disk that is full, a file that cannot be read: nothing that another recipe would do better.
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

/** What zstd alone would need, by one part in eight. */
function compressedSample(source: ByteSource): number {
  let [raw, packed] = [0, 0];
  for (let at = 0; at < source.size; at += 8 * SAMPLE) {
    const part = source.read(at, Math.min(SAMPLE, source.size - at));
    raw += part.length;
    packed += compress(part).length;
  }
  return Math.round((packed / raw) * source.size);
}

/** Undefined where it gets larger than `limit`, bytes. */
function encodeUpTo(
  store: ContentStore,
  encoded: Iterable<Buffer>,
  limit: number,
): { size: number; content: Encoded } | undefined {
  let size = 0;
  let held: Buffer[] = [];
  let file: StoreFile | undefined;
  let writer: PackWriter | undefined;
  try {
    for (const part of encoded) {
      size += part.length;
      if (size >= limit) return undefined;
      held.push(part);
      if (!writer && size <= IN_MEMORY) continue;
      file ??= store.files.create("tmp");
      writer ??= new PackWriter(file.file);
      for (const each of held) writer.add(each);
      held = [];
    }
    const content: Encoded = file ? { kind: "file", file } : { kind: "memory", parts: held };
    file = undefined;
    return { size, content };
  } finally {
    writer?.close();
    if (file) store.files.remove(file);
  }
}

export function* partsOf(content: Encoded): Generator<Buffer> {
  if (content.kind === "memory") yield* content.parts;
  if (content.kind !== "file") return;
  const source = fileSource(content.file.file);
  try {
    yield* parts(source, STEP);
  } finally {
    source.close();
  }
}
