/** Bytes that grow. */
export class ByteWriter {
  private bytes = Buffer.allocUnsafe(1024);
  length = 0;

  /** A whole number below 2⁵³, seven bits a byte, the low ones first. */
  number(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** A whole number with a sign: 0, −1, 1, −2, … as 0, 1, 2, 3, … */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  copy(source: Buffer, from: number, to: number): void {
    this.reserve(to - from);
    this.length += source.copy(this.bytes, this.length, from, to);
  }

  done(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
