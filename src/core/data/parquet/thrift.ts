/** A value of Thrift's compact protocol: numbers beyond 2⁵³ lose their last digits, which nothing here needs. */
export type ThriftValue = number | boolean | Buffer | ThriftValue[] | ThriftStruct;
export type ThriftStruct = Map<number, ThriftValue>;

const TYPE = {
  stop: 0,
  yes: 1,
  no: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
};
const STRUCT = 12;
const MAX_DEPTH = 16;

/**
 * Reads structs of Thrift's compact protocol. What it makes is bounded by what it reads: a list may have no more
 * elements than there are bytes left. Throws RangeError for everything that is none.
 */
export class ThriftReader {
  constructor(
    private readonly bytes: Buffer,
    /** Where the next value begins. */
    public at = 0,
  ) {}

  struct(depth = 0): ThriftStruct {
    if (depth > MAX_DEPTH) throw new RangeError("a struct is too deep");
    const fields: ThriftStruct = new Map();
    for (let id = 0; ;) {
      const head = this.byte();
      if (head === TYPE.stop) return fields;
      const type = head & 15;
      const step = head >> 4;
      id = step === 0 ? this.signed() : id + step;
      if (type === TYPE.yes || type === TYPE.no) fields.set(id, type === TYPE.yes);
      else fields.set(id, this.value(type, depth));
    }
  }

  private value(type: number, depth: number): ThriftValue {
    switch (type) {
      case TYPE.yes:
      case TYPE.no:
        // In a list a truth value has a byte of its own.
        return this.byte() === TYPE.yes;
      case TYPE.byte:
        return (this.byte() << 24) >> 24;
      case TYPE.i16:
      case TYPE.i32:
      case TYPE.i64:
        return this.signed();
      case TYPE.double:
        return this.take(8).readDoubleLE();
      case TYPE.binary:
        return this.take(this.unsigned());
      case TYPE.list:
      case TYPE.set:
        return this.list(depth);
      case TYPE.map:
        return this.map(depth);
      case STRUCT:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`${type} is no type`);
    }
  }

  private list(depth: number): ThriftValue[] {
    if (depth > MAX_DEPTH) throw new RangeError("a list is too deep");
    const head = this.byte();
    const count = this.bounded(head >> 4 === 15 ? this.unsigned() : head >> 4);
    return Array.from({ length: count }, () => this.value(head & 15, depth + 1));
  }

  private map(depth: number): ThriftValue[] {
    if (depth > MAX_DEPTH) throw new RangeError("a map is too deep");
    const count = this.bounded(this.unsigned());
    if (count === 0) return [];
    const types = this.byte();
    return Array.from({ length: count }, () => [
      this.value(types >> 4, depth + 1),
      this.value(types & 15, depth + 1),
    ]);
  }

  private bounded(count: number): number {
    if (count > this.bytes.length - this.at) throw new RangeError("a list is longer than what is left");
    return count;
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError("it ends too soon");
    return byte;
  }

  private unsigned(): number {
    let [value, scale] = [0, 1];
    for (let i = 0; i < 10; i++, scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError("a number is too long");
  }

  private signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  private take(count: number): Buffer {
    if (count > this.bytes.length - this.at) throw new RangeError("it ends too soon");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

/** Field `id` of a struct where it is a whole number from 0 on that a place in a file can be. */
export function numberIn(struct: ThriftStruct | undefined, id: number): number | undefined {
  const value = struct?.get(id);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function structIn(struct: ThriftStruct | undefined, id: number): ThriftStruct | undefined {
  const value = struct?.get(id);
  return value instanceof Map ? value : undefined;
}

export function listIn(struct: ThriftStruct | undefined, id: number): ThriftValue[] {
  const value = struct?.get(id);
  return Array.isArray(value) ? value : [];
}
