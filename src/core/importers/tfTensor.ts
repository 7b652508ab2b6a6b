import type { Wire } from "./wire.js";
import { BYTES, FIXED32, FIXED64, VARINT } from "./wire.js";

/** tensorflow/core/framework/types.proto */
const sizes: Record<number, number> = {
  1: 4, // FLOAT
  2: 8, // DOUBLE
  3: 4, // INT32
  4: 1, // UINT8
  5: 2, // INT16
  6: 1, // INT8
  9: 8, // INT64
  10: 1, // BOOL
  14: 2, // BFLOAT16
  17: 2, // UINT16
  19: 2, // HALF
  22: 4, // UINT32
  23: 8, // UINT64
};

/**
 * The number in a TensorProto (tensorflow/core/framework/tensor.proto) that holds exactly one, be it as raw bytes or in
 * one of the typed fields; undefined for any other tensor.
 */
export function readScalar(tensor: Wire): number | undefined {
  let dtype = 0;
  let raw: Uint8Array | undefined;
  const values: number[] = [];
  while (tensor.next()) {
    const { field, type } = tensor;
    if (field === 1 && type === VARINT) dtype = tensor.int();
    else if (field === 4 && type === BYTES) raw = tensor.data();
    else if (isNumbers(field) && !readNumbers(tensor, values)) return undefined;
    else if (!isNumbers(field)) tensor.skip();
  }
  if (raw !== undefined && raw.length > 0)
    return raw.length === sizes[dtype] ? fromBytes(dtype, raw) : undefined;
  const [value] = values;
  if (value === undefined || values.length !== 1) return undefined;
  if (dtype === 19) return half(value);
  return dtype === 14 ? bfloat(value) : value;
}

/** half, float, double, int, int64, bool, uint32 and uint64 */
function isNumbers(field: number): boolean {
  return [13, 5, 6, 7, 10, 11, 16, 17].includes(field);
}

/** Packed or not. False once there is more than one. */
function readNumbers(tensor: Wire, values: number[]): boolean {
  const { field, type } = tensor;
  const one = (wire: Wire): number => (field === 5 ? wire.float() : field === 6 ? wire.double() : wire.int());
  const single = field === 5 ? FIXED32 : field === 6 ? FIXED64 : VARINT;
  if (type === single) values.push(one(tensor));
  else if (type === BYTES) {
    const packed = tensor.message();
    while (packed.pos < packed.end && values.length < 2) values.push(one(packed));
  } else tensor.skip();
  return values.length < 2;
}

function fromBytes(dtype: number, raw: Uint8Array): number | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  if (dtype === 1) return view.getFloat32(0, true);
  if (dtype === 2) return view.getFloat64(0, true);
  if (dtype === 3) return view.getInt32(0, true);
  if (dtype === 4 || dtype === 10) return view.getUint8(0);
  if (dtype === 5) return view.getInt16(0, true);
  if (dtype === 6) return view.getInt8(0);
  if (dtype === 9) return Number(view.getBigInt64(0, true));
  if (dtype === 14) return bfloat(view.getUint16(0, true));
  if (dtype === 17) return view.getUint16(0, true);
  if (dtype === 19) return half(view.getUint16(0, true));
  if (dtype === 22) return view.getUint32(0, true);
  return dtype === 23 ? Number(view.getBigUint64(0, true)) : undefined;
}

/** IEEE 754 binary16 from its bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** bfloat16 is the upper half of a float. */
function bfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits & 0xffff);
  return view.getFloat32(0);
}

/** The strings of a TensorProto of strings, as views; none for another tensor. */
export function readStrings(tensor: Wire): Uint8Array[] {
  const strings: Uint8Array[] = [];
  while (tensor.next()) {
    if (tensor.field === 8 && tensor.type === BYTES) strings.push(tensor.data());
    else tensor.skip();
  }
  return strings;
}
