import { setImmediate as turn } from "node:timers/promises";
import { CairnError } from "../../../shared/errors.js";
import { alternativesOf, type Candidate, candidatesFor, partsOf, type Tried } from "./candidates.js";
import type { ContentStore } from "./contentStore.js";
import type { Placement, StoredObject } from "./objects.js";
import { PackWriter } from "./packWriter.js";
import type { ByteSource } from "./sources.js";
import { secure, type StoreFile } from "./storeFiles.js";

/** Versions made of one base, at most: what a corrupt object can harm. */
const GROUP = 8;

export interface PackOptions {
  signal: AbortSignal;
  /** Stops at the next object after so many milliseconds. */
  maxMs?: number;
  onProgress?: (state: { done: number; total: number }) => void;
}

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

/** A content that stays where it lies, with what zstd alone would need, bytes. */
interface Unmoved {
  object: StoredObject;
  compressed: number;
  tried: Tried[];
}

const untried = (object: StoredObject): Unmoved => ({ object, compressed: object.size, tried: [] });

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
  const asTheyLie: Unmoved[] = [];
  let damaged = 0;
  let kept = false;
  try {
    try {
      for (const object of members) {
        await turn();
        if (signal.aborted) throw new CairnError("cancelled", "Packing was cancelled.");
        try {
          const { placement, compressed, tried } = packOne(store, object, target, writer, placements);
          if (placement) placements.set(object.id, placement);
          else asTheyLie.push({ object, compressed, tried });
        } catch (error) {
          if (!(error instanceof CairnError) || error.code !== "corrupt") throw error;
          // Nothing is moved beside what is damaged: maybe a remote still has it.
          asTheyLie.push(untried(object));
          damaged++;
        }
      }
      if (damaged > 0) {
        placements.clear();
        asTheyLie.splice(0, asTheyLie.length, ...members.map(untried));
      }
      // What is to move moves together with the rest, so that the old file can go.
      if (placements.size > 0) {
        for (const { object, compressed, tried } of asTheyLie)
          placements.set(object.id, {
            ...copyAsIs(store, object, writer),
            file: target.id,
            compressed,
            tried,
          });
      }
    } finally {
      writer.close();
    }
    if (placements.size > 0) secure(target.file);
    objects.database
      .transaction(() => {
        for (const { object, compressed, tried } of placements.size > 0 ? [] : asTheyLie) {
          // What turned out to be damaged stays marked so.
          if (!objects.has(object.md5)) continue;
          const { file, offset, bytes } = object;
          const none = { recipe: "raw", parent: null, base: object.id, position: 0 } as const;
          objects.place(object.id, { ...none, file, offset, bytes, compressed, tried });
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
): { placement?: Placement; compressed: number; tried: Tried[] } {
  const parent = parentFor(store, object, placed);
  const choose = (source: ByteSource, old?: ByteSource) => {
    const { candidates, compressed, given } = candidatesFor(store, source, old);
    try {
      for (const best of candidates.toSorted((a, b) => a.size - b.size)) {
        const tried = alternativesOf(best, candidates, given);
        if (best.content.kind === "asItLies") return { compressed, tried };
        const of = best.recipe.needsParent ? parent : undefined;
        const into = { ...object, file: target.id, path: target.file, offset: writer.size };
        const made = { ...into, bytes: best.size, recipe: best.recipe.name, parent: of?.object.id ?? null };
        if (!writeOne(store, made, best, writer, old)) {
          // Throws where it was damaged before.
          store.check(object, undefined);
          continue;
        }
        const { file, offset, bytes, recipe } = made;
        const place = { base: of?.base ?? object.id, position: of?.position ?? 0, parent: made.parent };
        return { placement: { ...place, file, offset, bytes, recipe, compressed, tried }, compressed, tried };
      }
      return { compressed, tried: [] };
    } finally {
      for (const { content } of candidates) if (content.kind === "file") store.files.remove(content.file);
    }
  };
  return store.withSource(object, (source) =>
    parent ? store.withSource(parent.object, (old) => choose(source, old)) : choose(source),
  );
}

function copyAsIs(
  store: ContentStore,
  object: StoredObject,
  writer: PackWriter,
): Omit<Placement, "file" | "compressed" | "tried"> {
  const offset = writer.size;
  store.restore(object, (part) => writer.add(part));
  return { offset, bytes: object.size, recipe: "raw", parent: null, base: object.id, position: 0 };
}

/** False where it does not come back byte for byte: then the next smallest is tried, at last the content as it lies. */
function writeOne(
  store: ContentStore,
  made: StoredObject,
  { content }: Candidate,
  writer: PackWriter,
  old: ByteSource | undefined,
): boolean {
  for (const part of partsOf(content)) writer.add(part);
  try {
    store.check(made, old);
    return true;
  } catch (error) {
    if (!(error instanceof CairnError) || error.code !== "corrupt") throw error;
    writer.rewind(made.offset);
    return false;
  }
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
