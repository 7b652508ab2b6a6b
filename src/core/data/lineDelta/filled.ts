/** Node's limit is higher; lines are counted with 32 bits. */
const MAX_BYTES = 2 ** 32 - 1;
/** Copying less than this byte by byte is faster than asking for it. */
const SHORT = 24;

/** A buffer of a known size that is filled from its beginning. Throws RangeError for more, or less. */
export class Filled {
  private readonly bytes: Buffer;
  private length = 0;

  constructor(size: number) {
    if (size > MAX_BYTES) throw new RangeError("it makes more than a delta may");
    this.bytes = Buffer.allocUnsafe(size);
  }

  add(part: Buffer): void {
    if (this.length + part.length > this.bytes.length) throw new RangeError("it makes more than it says");
    this.length += part.copy(this.bytes, this.length);
  }

  /** `from` to `to` must be within `source`. */
  addRange(source: Buffer, from: number, to: number): void {
    const count = to - from;
    if (this.length + count > this.bytes.length) throw new RangeError("it makes more than it says");
    if (count > SHORT) source.copy(this.bytes, this.length, from, to);
    else for (let i = 0; i < count; i++) this.bytes[this.length + i] = source[from + i] ?? 0;
    this.length += count;
  }

  addPiece(piece: Buffer | undefined): void {
    if (piece) this.addRange(piece, 0, piece.length);
  }

  done(): Buffer {
    if (this.length !== this.bytes.length) throw new RangeError("it makes less than it says");
    return this.bytes;
  }
}
