/** Reads what ByteWriter wrote; throws RangeError where the bytes end too soon or mean no number. */
export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  number(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError("it ends in the middle of a number");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new RangeError("a number is too large");
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  take(count: number): Buffer {
    if (count > this.left) throw new RangeError("it ends in the middle of its content");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** Up to and with the next LF, or all that is left. */
  takeLine(): Buffer {
    if (this.left === 0) throw new RangeError("a line is missing");
    const end = this.bytes.indexOf(10, this.at);
    return this.take((end === -1 ? this.bytes.length : end + 1) - this.at);
  }
}
