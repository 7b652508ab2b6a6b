import { closeSync, openSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { CairnError } from "../../../shared/errors.js";
import { type ContentStore, writeAll } from "./contentStore.js";
import type { Placement, StoredObject } from "./objects.js";
import { type Recipe, recipeOf, recipes } from "./recipes/index.js";
import { shapeOf } from "./shape.js";
import { type ByteSource, fileSource, parts } from "./sources.js";
import { secure, type StoreFile } from "./storeFiles.js";
import { compress } from "./zstd.js";

/** Versions made of one base, at most: what a corrupt object can harm. */
const GROUP = 8;
/** What is encoded stays in memory up to here. */
const IN_MEMORY = 8 << 20;
/** Less gain than this is not worth the time to restore. */
const WORTH = 0.97;
/** A delta that is not much smaller than zstd alone would only lengthen the chain. */
const WORTH_DELTA = 0.9;
/** What a recipe that is slow to read back must come down to, compared with the best of the others. */
const WORTH_SLOW = 0.5;
/** A delta on lines so much smaller than zstd alone is not bettered by one on bytes. */
const GOOD = 0.25;
const STEP = 4 << 20;
/** From this size on a part decides whether zstd alone is worth a try; and how large the parts are. */
const SAMPLED = 16 << 20;
const SAMPLE = 1 << 20;

export interface PackOptions {
  signal: AbortSignal;
  /** Stops at the next object after so many milliseconds. */
  maxMs?: number;
  onProgress?: (state: { done: number; total: number }) => void;
}

interface Candidate {
  recipe: Recipe;
  size: number;
  content: Encoded;
}

type Encoded = { kind: "memory"; parts: Buffer[] } | { kind: "file"; file: StoreFile } | { kind: "asItLies" };

/**
 * Moves contents from where `add` has put them into the smallest recipe. Each file of the store is done as a whole: its
 * contents are written to a new one, restored from there and compared, and only when all of them stand the database
 * points to the new file in one transaction; then the old one goes. Returns how many contents are left to be packed, and
 * how many turned out to be damaged, which stay where they lie.
 */
export async function pack(
  store: ContentStore,
  options: PackOptions,
): Promise<{ left: number; damaged: number }> {
  const begin = performance.now();
  const total = store.objects.unpackedCount();
  const progress = () => options.onProgress?.({ done: total - store.objects.unpackedCount(), total });
  let damaged = 0;
  for (const file of store.objects.unpackedFiles()) {
    if (options.maxMs !== undefined && performance.now() - begin > options.maxMs) break;
    damaged += await packFile(store, file, options.signal);
    progress();
  }
  return { left: store.objects.unpackedCount(), damaged };
}

async function packFile(
  store: ContentStore,
  { id, path: name }: { id: number; path: string },
  signal: AbortSignal,
): Promise<number> {
  const { objects, files } = store;
  const members = objects.inFile(id);
  const target = files.create("pack");
  const writer = new PackWriter(target.file);
  const placements = new Map<number, Placement>();
  const asTheyLie: { object: StoredObject; compressed: number }[] = [];
  let damaged = 0;
  let kept = false;
  try {
    try {
      for (const object of members) {
        await turn();
        if (signal.aborted) throw new CairnError("cancelled", "Packing was cancelled.");
        try {
          const { placement, compressed } = packOne(store, object, target, writer, placements);
          if (placement) placements.set(object.id, placement);
          else asTheyLie.push({ object, compressed });
        } catch (error) {
          if (!(error instanceof CairnError) || error.code !== "corrupt") throw error;
          // Nothing is moved beside what is damaged: maybe a remote still has it.
          asTheyLie.push({ object, compressed: object.size });
          damaged++;
        }
      }
      if (damaged > 0) {
        placements.clear();
        asTheyLie.splice(
          0,
          asTheyLie.length,
          ...members.map((object) => ({ object, compressed: object.size })),
        );
      }
      // What is to move moves together with the rest, so that the old file can go.
      if (placements.size > 0) {
        for (const { object, compressed } of asTheyLie)
          placements.set(object.id, {
            ...copyAsIs(store, object, writer),
            file: target.id,
            compressed,
          });
      }
    } finally {
      writer.close();
    }
    if (placements.size > 0) secure(target.file);
    objects.database
      .transaction(() => {
        for (const { object, compressed } of placements.size > 0 ? [] : asTheyLie) {
          const { file, offset, bytes } = object;
          const none = { recipe: "raw", parent: null, base: object.id, position: 0 } as const;
          objects.place(object.id, { ...none, file, offset, bytes, compressed });
        }
        if (placements.size === 0) return;
        for (const [object, placement] of placements) objects.place(object, placement);
        files.settle(target, writer.size);
        files.abandon(id);
      })
      .immediate();
    kept = placements.size > 0;
    if (kept) files.remove({ id, file: files.pathOf(name) });
    return damaged;
  } finally {
    if (!kept) files.remove(target);
  }
}

/** Where one content goes; without a placement it stays as it is. */
function packOne(
  store: ContentStore,
  object: StoredObject,
  target: StoreFile,
  writer: PackWriter,
  placed: ReadonlyMap<number, Placement>,
): { placement?: Placement; compressed: number } {
  const parent = parentFor(store, object, placed);
  const choose = (source: ByteSource, old?: ByteSource) => {
    const candidates: Candidate[] = [];
    try {
      const compressed = encodeAll(store, source, old, candidates);
      const best = candidates.reduce((a, b) => (b.size < a.size ? b : a));
      if (best.content.kind === "asItLies") return { compressed };
      const offset = writer.size;
      for (const part of partsOf(best.content)) writer.add(part);
      const of = best.recipe.needsParent ? parent : undefined;
      const made: StoredObject = {
        ...{ ...object, file: target.id, path: target.file, offset, bytes: best.size },
        ...{ recipe: best.recipe.name, parent: of?.object.id ?? null },
      };
      // Throws where it does not come back byte for byte; then the content stays as it was added.
      store.check(made, old);
      const { file, bytes, recipe } = made;
      const place = { base: of?.base ?? object.id, position: of?.position ?? 0 };
      return {
        placement: { ...place, file, offset, bytes, recipe, parent: made.parent, compressed },
        compressed,
      };
    } finally {
      for (const { content } of candidates) if (content.kind === "file") store.files.remove(content.file);
    }
  };
  return store.withSource(object, (source) => {
    const shape = shapeOf(source);
    if (shape) store.objects.setShape(object.id, shape);
    return parent ? store.withSource(parent.object, (old) => choose(source, old)) : choose(source);
  });
}

/**
 * Tries every recipe that may do. Returns what zstd alone needs: of a large content that a delta makes much smaller
 * judged by a part of it, else by the whole.
 */
function encodeAll(
  store: ContentStore,
  source: ByteSource,
  old: ByteSource | undefined,
  candidates: Candidate[],
): number {
  candidates.push({ recipe: recipeOf("raw"), size: source.size, content: { kind: "asItLies" } });
  const tryAll = (needsParent: boolean, limit: number, enough: number): number => {
    let smallest = limit;
    for (const recipe of recipes) {
      if (recipe.name === "raw" || recipe.needsParent !== needsParent || !recipe.suits(source, old)) continue;
      if (smallest < enough) break;
      const made = encode(
        store,
        recipe.encode(source, old),
        recipe.isSlow ? smallest * WORTH_SLOW : smallest,
      );
      if (made === undefined) continue;
      candidates.push({ recipe, ...made });
      smallest = made.size;
    }
    return smallest;
  };
  if (old && source.size > SAMPLED) {
    const likely = Math.min(source.size, compressedSample(source));
    if (tryAll(true, likely * WORTH_DELTA, likely * GOOD) < likely * GOOD) return likely;
    return Math.min(source.size, tryAll(false, source.size * WORTH, 0));
  }
  const alone = Math.round(tryAll(false, source.size * WORTH, 0));
  if (old) tryAll(true, alone * WORTH_DELTA, alone * GOOD);
  return candidates.some(({ recipe }) => recipe.name === "zstd") ? alone : source.size;
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
function encode(
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

function* partsOf(content: Encoded): Generator<Buffer> {
  if (content.kind === "memory") yield* content.parts;
  if (content.kind !== "file") return;
  const source = fileSource(content.file.file);
  try {
    yield* parts(source, STEP);
  } finally {
    source.close();
  }
}

function copyAsIs(
  store: ContentStore,
  object: StoredObject,
  writer: PackWriter,
): Omit<Placement, "file" | "compressed"> {
  const offset = writer.size;
  store.restore(object, (part) => writer.add(part));
  return { offset, bytes: object.size, recipe: "raw", parent: null, base: object.id, position: 0 };
}

/**
 * What a content may be made of: in the group of what it replaced, the one whose place is its own with the lowest bit
 * cleared. So no place needs more than three others, and a group no more than GROUP.
 */
function parentFor(
  { objects }: ContentStore,
  { id, predecessor }: StoredObject,
  placed: ReadonlyMap<number, Placement>,
): { object: StoredObject; base: number; position: number } | undefined {
  const before = predecessor === null ? undefined : objects.byId(predecessor);
  const base = before && before.id !== id ? (placed.get(before.id)?.base ?? before.base) : null;
  // What has no place yet could itself be made of anything.
  if (base === null) return undefined;
  const members = [
    ...objects.group(base).map((object) => ({ object, position: object.position })),
    ...[...placed].flatMap(([member, at]) => {
      const object = at.base === base ? objects.byId(member) : undefined;
      return object ? [{ object, position: at.position }] : [];
    }),
  ];
  const next = Math.max(0, ...members.map(({ position }) => position)) + 1;
  if (next >= GROUP) return undefined;
  const wanted = next & (next - 1);
  const found = members.find(({ position }) => position === wanted)?.object ?? objects.byId(base);
  return found && { object: found, base, position: next };
}

/** A file that grows at its end. */
class PackWriter {
  private readonly fd: number;
  size = 0;

  constructor(file: string) {
    this.fd = openSync(file, "wx", 0o600);
  }

  add(part: Buffer): void {
    writeAll(this.fd, part);
    this.size += part.length;
  }

  close(): void {
    closeSync(this.fd);
  }
}
