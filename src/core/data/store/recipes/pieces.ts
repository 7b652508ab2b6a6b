import { ByteReader, ByteWriter } from "../../lineDelta/index.js";
import type { ByteSource } from "../sources.js";
import type { Segment } from "./segments.js";

const HEADER = 32;

/** A delta against the parent, piece by piece: before each stands which part of the parent it is made of. */
export function* encodePieces(
  parent: ByteSource,
  child: ByteSource,
  segments: Iterable<Segment>,
  encode: (old: Buffer, fresh: Buffer) => Buffer,
): Generator<Buffer> {
  for (const { from, to, childFrom, childTo } of segments) {
    const delta = encode(parent.read(from, to - from), child.read(childFrom, childTo - childFrom));
    const header = new ByteWriter();
    for (const value of [from, to - from, delta.length]) header.number(value);
    const padded = Buffer.alloc(HEADER);
    header.done().copy(padded);
    yield Buffer.concat([padded, delta]);
  }
}

/** Throws RangeError for a piece of more than `most` bytes of the parent. */
export function* decodePieces(
  stored: ByteSource,
  parent: ByteSource,
  most: number,
  decode: (old: Buffer, delta: Buffer) => Buffer,
): Generator<Buffer> {
  for (let at = 0; at < stored.size;) {
    const header = new ByteReader(stored.read(at, HEADER));
    const [from, length, size] = [header.number(), header.number(), header.number()];
    if (length > most) throw new RangeError("a piece is too large");
    yield decode(parent.read(from, length), stored.read(at + HEADER, size));
    at += HEADER + size;
  }
}
