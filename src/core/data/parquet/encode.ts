import { ByteWriter } from "../lineDelta/index.js";
import { SectionWriter } from "../columns/index.js";
import type { ByteSource } from "../store/sources.js";
import { PackingFinder, unpack } from "./codecs.js";
import { type Page, pagesIn } from "./layout.js";
import type { Copy } from "./matcher.js";
import { OldPages } from "./oldPages.js";

/** What a stretch of the child is: no page, a page of the parent, one made of others, or one as it lies. */
export const STEP = { rest: 0, same: 1, made: 2, raw: 3 } as const;
/** Bytes of the child after which a block is closed. */
const BLOCK = 32 << 20;
const MAX_GAP = 16 << 20;
/** A page that this much of is new is stored as it lies. */
const WORTH = 0.9;

/**
 * What makes a Parquet file of an older one: pages that both have are copied; others that come out bit for bit when
 * they are compressed again are made of the old pages of the same column, by what they have in common when they are
 * not compressed; the rest stands as it is. Yields blocks.
 */
export function* encodePages(parent: ByteSource, child: ByteSource): Generator<Buffer> {
  const old = new OldPages(parent);
  const finder = new PackingFinder();
  let block = new BlockWriter();
  let at = 0;
  for (const page of pagesIn(child)) {
    yield* gap(page.start);
    const packed = child.read(page.start, page.length);
    const same = old.same(packed, page);
    if (same) block.same(same);
    else if (!make(old, page, packed, finder, block)) block.raw(packed);
    at = page.start + page.length;
    if (block.child >= BLOCK) yield close();
  }
  yield* gap(child.size);
  if (block.child > 0) yield close();

  function* gap(to: number): Generator<Buffer> {
    while (at < to) {
      const length = Math.min(MAX_GAP, to - at);
      block.rest(child.read(at, length));
      at += length;
      if (block.child >= BLOCK) yield close();
    }
  }

  function close(): Buffer {
    const done = block.done();
    block = new BlockWriter();
    return done;
  }
}

function make(old: OldPages, page: Page, packed: Buffer, finder: PackingFinder, block: BlockWriter): boolean {
  const bytes = unpacked(packed, page);
  const reference = bytes && old.near(page);
  if (!reference) return false;
  const copies = reference.matcher.copies(bytes);
  const copied = copies.reduce((sum, { length }) => sum + length, 0);
  const fresh = ((bytes.length - copied) * packed.length) / bytes.length + copies.length * 2;
  if (fresh > packed.length * WORTH) return false;
  old.found(page, reference, copies);
  const packing = finder.find(bytes, packed, page.codec);
  if (packing === undefined) return false;
  block.made(packing, bytes, packed.length, reference.pages, copies);
  return true;
}

function unpacked(packed: Buffer, { codec, size }: Page): Buffer | undefined {
  try {
    return unpack(packed, codec, size);
  } catch {
    // Of a codec that is not known, or damaged.
    return undefined;
  }
}

/** Part of what is stored: what to do, in numbers, and the bytes for it. */
class BlockWriter {
  child = 0;
  private readonly steps = new ByteWriter();
  private readonly inserts = new ByteWriter();
  private readonly lengths = new ByteWriter();
  private readonly distances = new ByteWriter();
  private readonly between = new ByteWriter();
  private readonly fresh = new ByteWriter();
  private readonly packed = new ByteWriter();
  private lastStart = 0;

  /** What is no page. */
  rest(bytes: Buffer): void {
    this.steps.number(STEP.rest);
    this.steps.number(bytes.length);
    this.between.copy(bytes, 0, bytes.length);
    this.child += bytes.length;
  }

  same(page: Page): void {
    this.steps.number(STEP.same);
    this.place(page);
    this.child += page.length;
  }

  raw(bytes: Buffer): void {
    this.steps.number(STEP.raw);
    this.steps.number(bytes.length);
    this.packed.copy(bytes, 0, bytes.length);
    this.child += bytes.length;
  }

  made(packing: number, bytes: Buffer, length: number, near: readonly Page[], copies: readonly Copy[]): void {
    const { steps } = this;
    for (const value of [STEP.made, packing, bytes.length, copies.length, near.length]) steps.number(value);
    for (const page of near) {
      this.place(page);
      steps.number(page.size);
      steps.number(page.codec);
    }
    let [at, expected] = [0, 0];
    for (const copy of copies) {
      this.inserts.number(copy.insert);
      this.lengths.number(copy.length);
      this.distances.signed(copy.from - expected - copy.insert);
      this.fresh.copy(bytes, at, at + copy.insert);
      at += copy.insert + copy.length;
      expected = copy.from + copy.length;
    }
    this.fresh.copy(bytes, at, bytes.length);
    this.child += length;
  }

  done(): Buffer {
    const sections = new SectionWriter();
    const { steps, inserts, lengths, distances, between, fresh, packed } = this;
    const head = new ByteWriter();
    head.number(this.child);
    for (const part of [head, steps, inserts, lengths, distances, between, fresh, packed])
      sections.add(part.done());
    return sections.done();
  }

  private place({ start, length }: Page): void {
    this.steps.signed(start - this.lastStart);
    this.steps.number(length);
    this.lastStart = start + length;
  }
}
