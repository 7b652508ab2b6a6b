import type { ByteSource } from "../store/sources.js";
import type { Tensor } from "./layout.js";

/** Numbers of fields in onnx.proto. */
const MODEL = { irVersion: 1, graph: 7 };
const GRAPH = { initializer: 5 };
const TENSOR = { type: 2, floats: 4, name: 8, raw: 9, doubles: 10 };
/** Bytes of a number by ONNX's type: float, int32, int64, double, float16, bfloat16, …; all others have one. */
const WIDTHS: Readonly<Record<number, number>> = {
  1: 4,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2,
};
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };
/** A key and a length, each a number of up to ten bytes. */
const HEAD = 20;
const MAX_FIELDS = 1 << 20;
const MAX_NAME = 4096;
const MAX_MODEL_FIELD = 100;

interface Field {
  id: number;
  wire: number;
  /** Of a number itself; else where the content is. */
  value: number;
  start: number;
  length: number;
}

/**
 * The tensors of an ONNX model that stand in its graph. Looks at keys and lengths alone, whatever the size. Undefined for
 * what is no model; throws RangeError for one that is cut or damaged.
 */
export function onnxTensors(source: ByteSource): Tensor[] | undefined {
  if (source.size < 16) return undefined;
  const first = source.read(0, 1)[0];
  if (first !== MODEL.irVersion << 3) return undefined;
  const tensors: Tensor[] = [];
  for (const field of fieldsOf(source, 0, source.size)) {
    if (field.id > MAX_MODEL_FIELD) return undefined;
    if (field.id !== MODEL.graph || field.wire !== WIRE.bytes) continue;
    for (const each of fieldsOf(source, field.start, field.start + field.length)) {
      if (each.id !== GRAPH.initializer || each.wire !== WIRE.bytes) continue;
      const tensor = tensorOf(source, each);
      if (tensor) tensors.push(tensor);
    }
  }
  return tensors;
}

function tensorOf(source: ByteSource, { start, length }: Field): Tensor | undefined {
  let name = "";
  let width = 1;
  let data: { start: number; length: number; width?: number } | undefined;
  for (const field of fieldsOf(source, start, start + length)) {
    if (field.id === TENSOR.type && field.wire === WIRE.varint) width = WIDTHS[field.value] ?? 1;
    if (field.wire !== WIRE.bytes) continue;
    if (field.id === TENSOR.name && field.length <= MAX_NAME)
      name = source.read(field.start, field.length).toString("utf8");
    if (field.id === TENSOR.raw) data = { start: field.start, length: field.length };
    if (field.id === TENSOR.floats) data = { start: field.start, length: field.length, width: 4 };
    if (field.id === TENSOR.doubles) data = { start: field.start, length: field.length, width: 8 };
  }
  return data && { name, start: data.start, length: data.length, width: data.width ?? width };
}

function* fieldsOf(source: ByteSource, from: number, to: number): Generator<Field> {
  let at = from;
  for (let count = 0; at < to; count++) {
    if (count > MAX_FIELDS) throw new RangeError("a message has too many fields");
    const head = source.read(at, Math.min(HEAD, to - at));
    const [key, keySize] = varint(head, 0);
    const [id, wire] = [Math.floor(key / 8), key % 8];
    if (id === 0) throw new RangeError("a field has no number");
    let start = at + keySize;
    let [value, length] = [0, 0];
    if (wire === WIRE.varint) {
      const [number, size] = varint(head, keySize);
      value = number;
      length = size;
    } else if (wire === WIRE.fixed64) length = 8;
    else if (wire === WIRE.fixed32) length = 4;
    else if (wire === WIRE.bytes) {
      const [size, sizeSize] = varint(head, keySize);
      start += sizeSize;
      length = size;
    } else throw new RangeError("a field is of an unknown kind");
    if (length > to - start) throw new RangeError("a field is longer than its message");
    yield { id, wire, value, start, length };
    at = start + length;
  }
}

function varint(bytes: Buffer, from: number): [value: number, size: number] {
  let [value, scale] = [0, 1];
  for (let i = 0; i < 10; i++, scale *= 128) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new RangeError("it ends too soon");
    value += (byte & 127) * scale;
    if (byte < 128) return [value, i + 1];
  }
  throw new RangeError("a number is too long");
}
