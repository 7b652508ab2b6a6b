import { crc32 } from "node:zlib";
import { maskedCrc32c } from "../../../src/core/importers/crc32c.ts";

/** A tiny encoder, so that files can be made that no library would write. */
export type Field = [
  field: number,
  value: number | bigint | string | Uint8Array | { double: number } | { float: number },
];

export function message(...fields: Field[]): Buffer {
  return Buffer.concat(fields.map(([field, value]) => encode(field, value)));
}

export function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function encode(field: number, value: Field[1]): Buffer {
  const key = (type: number): Buffer => varint(field * 8 + type);
  if (typeof value === "number" || typeof value === "bigint") return Buffer.concat([key(0), varint(value)]);
  if (typeof value === "string" || value instanceof Uint8Array) {
    const bytes = Buffer.from(value as string);
    return Buffer.concat([key(2), varint(bytes.length), bytes]);
  }
  const bytes = Buffer.alloc("double" in value ? 8 : 4);
  if ("double" in value) bytes.writeDoubleLE(value.double);
  else bytes.writeFloatLE(value.float);
  return Buffer.concat([key("double" in value ? 1 : 5), bytes]);
}

/** A TFRecord around `payload`. */
export function tfRecord(payload: Uint8Array, length = BigInt(payload.length)): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(length);
  head.writeUInt32LE(maskedCrc32c(head, 0, 8), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(maskedCrc32c(payload));
  return Buffer.concat([head, payload, tail]);
}

/** An event with one scalar, wall time in seconds. */
export function scalarEvent(tag: string, value: number, step: number, wallTime: number): Buffer {
  const summary = message([1, message([1, tag], [2, { float: value }])]);
  return tfRecord(message([1, { double: wallTime }], [2, step], [5, summary]));
}

const BLOCK = 32 << 10;

/** A W&B log of `payloads`, in blocks. */
export function wandbLog(payloads: readonly Uint8Array[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0])];
  let position = 7;
  const put = (bytes: Buffer): void => {
    parts.push(bytes);
    position += bytes.length;
  };
  for (const payload of payloads) {
    let rest = payload;
    let isFirst = true;
    do {
      const left = BLOCK - (position % BLOCK);
      if (left < 7) {
        put(Buffer.alloc(left));
        continue;
      }
      const piece = rest.subarray(0, left - 7);
      rest = rest.subarray(piece.length);
      const kind = isFirst ? (rest.length === 0 ? 1 : 2) : rest.length === 0 ? 4 : 3;
      const head = Buffer.alloc(7);
      head.writeUInt32LE(crc32(piece, crc32(Uint8Array.of(kind))));
      head.writeUInt16LE(piece.length, 4);
      head.writeUInt8(kind, 6);
      put(head);
      put(Buffer.from(piece));
      isFirst = false;
    } while (rest.length > 0 || isFirst);
  }
  return Buffer.concat(parts);
}

/** A history record as W&B writes it. */
export function wandbHistory(step: number, values: Record<string, unknown>): Buffer {
  const items = Object.entries({ ...values, _step: step, _timestamp: 1_700_000_000 + step }).map(
    ([name, value]): Field => [1, message([2, name], [16, JSON.stringify(value)])],
  );
  return message([2, message(...items)]);
}
