const POLYNOMIAL = 0x82f63b78;

/** Eight tables, so that eight bytes are taken at a time ("slicing by 8", Kounavis and Berry, 2005). */
const tables = makeTables();

function makeTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, n) => {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
  const all = [first];
  for (let k = 1; k < 8; k++) {
    const before = all[k - 1] ?? first;
    all.push(before.map((crc) => (crc >>> 8) ^ (first[crc & 0xff] ?? 0)));
  }
  return all;
}

const none = new Uint32Array(256);
const [T0 = none, T1 = none, T2 = none, T3 = none, T4 = none, T5 = none, T6 = none, T7 = none] = tables;

/** CRC-32C (Castagnoli) of bytes `start` to `end`, unsigned. */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = -1;
  let i = start;
  const at = (index: number): number => bytes[index] ?? 0;
  for (; i + 8 <= end; i += 8) {
    crc ^= at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
    crc =
      (T7[crc & 0xff] ?? 0) ^
      (T6[(crc >>> 8) & 0xff] ?? 0) ^
      (T5[(crc >>> 16) & 0xff] ?? 0) ^
      (T4[crc >>> 24] ?? 0) ^
      (T3[at(i + 4)] ?? 0) ^
      (T2[at(i + 5)] ?? 0) ^
      (T1[at(i + 6)] ?? 0) ^
      (T0[at(i + 7)] ?? 0);
  }
  for (; i < end; i++) crc = (T0[(crc ^ at(i)) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** As TFRecord stores it: rotated and shifted, because a checksum of data that holds checksums is weak. */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const crc = crc32c(bytes, start, end);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
