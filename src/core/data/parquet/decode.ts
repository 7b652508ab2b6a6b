import type { ByteReader } from "../lineDelta/index.js";
import { SectionReader } from "../columns/index.js";
import type { ByteSource } from "../store/sources.js";
import { pack, unpack } from "./codecs.js";
import { STEP } from "./encode.js";
import { MAX_PAGE } from "./layout.js";

/** What a block may have, before and after: its last page comes on top. */
const MAX_BLOCK = 512 << 20;

/** What a block of `encodePages` makes of the child, part by part. Throws RangeError, CairnError `corrupt`, zlib's own. */
export class PageReader {
  private cached: { key: string; bytes: Buffer } | undefined;

  constructor(private readonly parent: ByteSource) {}

  *read(block: Buffer): Generator<Buffer> {
    const sections = new SectionReader(block, MAX_BLOCK);
    const limit = sections.numbers().number();
    const [steps, inserts, lengths, distances] = [
      ...[sections.numbers(), sections.numbers(), sections.numbers(), sections.numbers()],
    ] as [ByteReader, ByteReader, ByteReader, ByteReader];
    const [between, fresh, packed] = [sections.numbers(), sections.numbers(), sections.numbers()];
    let last = 0;
    const place = () => {
      const start = last + steps.signed();
      const length = steps.number();
      if (start < 0) throw new RangeError("it names a page before the parent's beginning");
      last = start + length;
      return { start, length };
    };
    let done = 0;
    while (steps.left > 0) {
      const step = steps.number();
      let part: Buffer;
      if (step === STEP.rest) part = between.take(steps.number());
      else if (step === STEP.raw) part = packed.take(steps.number());
      else if (step === STEP.same) {
        const { start, length } = place();
        part = this.parent.read(start, length);
      } else if (step === STEP.made) {
        const [packing, size, copies, pages] = [
          steps.number(),
          steps.number(),
          steps.number(),
          steps.number(),
        ];
        const near = Array.from({ length: Math.min(pages, steps.left) }, () => ({
          ...place(),
          size: steps.number(),
          codec: steps.number(),
        }));
        const bytes = page(this.reference(near), { size, copies, inserts, lengths, distances, fresh });
        part = pack(bytes, packing);
      } else throw new RangeError("it says what nobody knows");
      done += part.length;
      if (done > limit) throw new RangeError("it makes more than it says");
      yield part;
    }
    if (done !== limit) throw new RangeError("it makes less than it says");
  }

  private reference(near: { start: number; length: number; size: number; codec: number }[]): Buffer {
    const key = near.map(({ start }) => start).join();
    if (this.cached?.key === key) return this.cached.bytes;
    if (near.reduce((sum, { size }) => sum + size, 0) > MAX_PAGE)
      throw new RangeError("its pages are too large");
    const all = near.map(({ start, length, size, codec }) =>
      unpack(this.parent.read(start, length), codec, size),
    );
    const bytes = Buffer.concat(all);
    this.cached = { key, bytes };
    return bytes;
  }
}

interface PageParts {
  size: number;
  copies: number;
  inserts: ByteReader;
  lengths: ByteReader;
  distances: ByteReader;
  fresh: ByteReader;
}

function page(old: Buffer, { size, copies, inserts, lengths, distances, fresh }: PageParts): Buffer {
  if (size > MAX_PAGE) throw new RangeError("a page is too large");
  const bytes = Buffer.allocUnsafe(size);
  let [at, expected] = [0, 0];
  for (let i = 0; i < copies; i++) {
    const insert = inserts.number();
    const length = lengths.number();
    const from = expected + insert + distances.signed();
    if (at + insert + length > size) throw new RangeError("a page is longer than it says");
    if (from < 0 || from + length > old.length) throw new RangeError("a copy is from nowhere");
    fresh.take(insert).copy(bytes, at);
    old.copy(bytes, at + insert, from, from + length);
    at += insert + length;
    expected = from + length;
  }
  fresh.take(size - at).copy(bytes, at);
  return bytes;
}
