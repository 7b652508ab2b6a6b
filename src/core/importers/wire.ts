import { CairnError } from "../../shared/errors.js";

/** Wire types of protocol buffers. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const decoder = new TextDecoder("utf-8");
const MESSAGE_ENDS = "A message ends within a field.";

export function corrupt(message: string): CairnError {
  return new CairnError("corrupt", message);
}

/**
 * Reads one protocol buffer message field by field. Every length is checked against the message's end; anything that
 * does not fit throws CairnError `corrupt`. Nothing is copied but strings.
 */
export class Wire {
  pos: number;
  /** Of the field that `next` found. */
  field = 0;
  type = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    start = 0,
    public end: number = bytes.length,
    view?: DataView,
  ) {
    this.pos = start;
    this.view = view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads another message of the same bytes with this reader. */
  reset(start: number, end: number): void {
    this.pos = start;
    this.end = end;
  }

  /** Goes to the next field; false at the end. */
  next(): boolean {
    if (this.pos >= this.end) return false;
    const tag = this.varint();
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    if (this.field === 0 || this.field > 0x1fffffff) throw corrupt("A field has no number.");
    return true;
  }

  /** An unsigned varint; above 2^53 it is not exact. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      if (this.pos >= this.end) throw corrupt(MESSAGE_ENDS);
      const byte = this.bytes[this.pos++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw corrupt("A number is longer than ten bytes.");
  }

  /** An int64 or int32; NaN where a double cannot hold it exactly. */
  int(): number {
    const start = this.pos;
    const value = this.varint();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    let exact = 0n;
    for (let i = start, shift = 0n; i < this.pos; i++, shift += 7n) {
      exact |= BigInt((this.bytes[i] ?? 0) & 0x7f) << shift;
    }
    const signed = Number(BigInt.asIntN(64, exact));
    return Number.isSafeInteger(signed) ? signed : Number.NaN;
  }

  double(): number {
    const at = this.advance(8);
    return this.view.getFloat64(at, true);
  }

  float(): number {
    const at = this.advance(4);
    return this.view.getFloat32(at, true);
  }

  /** Length of a field of bytes, which begin at `pos`. The caller moves on by itself. */
  length(): number {
    const length = this.varint();
    if (length > this.end - this.pos) throw corrupt(MESSAGE_ENDS);
    return length;
  }

  /** A field of bytes: a view, not a copy. */
  data(): Uint8Array {
    const length = this.length();
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A reader of the message in this field. */
  message(): Wire {
    const length = this.length();
    const at = this.advance(length);
    return new Wire(this.bytes, at, at + length, this.view);
  }

  text(): string {
    return decoder.decode(this.data());
  }

  /** Passes over the field's value. Groups, which no format here has, are refused. */
  skip(): void {
    if (this.type === VARINT) this.varint();
    else if (this.type === FIXED64) this.advance(8);
    else if (this.type === BYTES) this.advance(this.length());
    else if (this.type === FIXED32) this.advance(4);
    else throw corrupt(`A field is of the unknown kind ${this.type}.`);
  }

  private advance(count: number): number {
    const at = this.pos;
    if (count > this.end - at) throw corrupt(MESSAGE_ENDS);
    this.pos = at + count;
    return at;
  }
}
