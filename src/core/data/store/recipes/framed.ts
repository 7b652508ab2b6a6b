import type { ByteSource } from "../sources.js";
import { compress, decompress } from "../zstd.js";

/** Bytes of a block's header: sizes before and after compression, each an unsigned number of 32 bits. */
const HEADER = 8;
/** A block is never larger than what a recipe gives at once. */
const MAX_BLOCK = 300 << 20;

/** A block as zstd frame behind its sizes. */
export function frame(bytes: Buffer): Buffer {
  const packed = compress(bytes);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(bytes.length, 0);
  header.writeUInt32LE(packed.length, 4);
  return Buffer.concat([header, packed]);
}

/** Reads blocks one after another. */
export class FrameReader {
  private at = 0;

  constructor(private readonly source: ByteSource) {}

  get done(): boolean {
    return this.at >= this.source.size;
  }

  next(): Buffer {
    const header = this.source.read(this.at, HEADER);
    const [size, packed] = [header.readUInt32LE(0), header.readUInt32LE(4)];
    if (size > MAX_BLOCK) throw new RangeError("a block is too large");
    const bytes = this.source.read(this.at + HEADER, packed);
    this.at += HEADER + packed;
    return decompress(bytes, size);
  }

  /** Bytes that are no block. */
  take(length: number): Buffer {
    this.at += length;
    return this.source.read(this.at - length, length);
  }
}
