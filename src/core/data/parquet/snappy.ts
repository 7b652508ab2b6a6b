const HASH = 0x1e35a7bd;
/** CRC-32C's polynomial, its lowest bit first. */
const POLYNOMIAL = 0x82f63b78;
/**
 * How versions of the reference implementation find earlier words: with a table of 2¹⁴ or 2¹⁵ places by the highest or
 * by middle bits of a product, or by a checksum that processors compute.
 */
export const SNAPPY_VARIANTS = ["before 1.2", "1.2", "1.2 with CRC"] as const;
export type SnappyVariant = (typeof SNAPPY_VARIANTS)[number];
const BLOCK = 1 << 16;
/** Near the end of a block nothing is searched for. */
const MARGIN = 15;

/** Decompresses Snappy's raw format. Throws RangeError for what is damaged, or has another length than `size`. */
export function decompressSnappy(packed: Buffer, size: number): Buffer {
  let at = 0;
  let [length, shift] = [0, 1];
  for (let byte = 128; byte >= 128; shift *= 128) {
    byte = byteAt(packed, at++);
    length += (byte & 127) * shift;
    if (at > 5) throw new RangeError("its length is too long");
  }
  if (length !== size) throw new RangeError("it has another length than it says");
  const out = Buffer.allocUnsafe(size);
  let done = 0;
  while (at < packed.length) {
    const tag = byteAt(packed, at++);
    if ((tag & 3) === 0) {
      let count = (tag >> 2) + 1;
      if (count > 60) {
        const bytes = count - 60;
        if (at + bytes > packed.length) throw new RangeError("it ends too soon");
        count = packed.readUIntLE(at, bytes) + 1;
        at += bytes;
      }
      if (at + count > packed.length || done + count > size) throw new RangeError("a literal is too long");
      packed.copy(out, done, at, at + count);
      at += count;
      done += count;
      continue;
    }
    const short = (tag & 3) === 1;
    const count = short ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const bytes = short ? 1 : (tag & 3) === 2 ? 2 : 4;
    if (at + bytes > packed.length) throw new RangeError("it ends too soon");
    const distance = short ? ((tag >> 5) << 8) | byteAt(packed, at) : packed.readUIntLE(at, bytes);
    at += bytes;
    if (distance === 0 || distance > done || done + count > size)
      throw new RangeError("a copy is from nowhere");
    for (let i = 0; i < count; i++) out[done + i] = out[done - distance + i] ?? 0;
    done += count;
  }
  if (done !== size) throw new RangeError("it has another length than it says");
  return out;
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
  return value;
});

/**
 * Compresses as the reference implementation does (google/snappy: format_description.txt, and its greedy matcher), so that what others compressed comes out bit for bit where they use the same.
 */
export function compressSnappy(bytes: Buffer, variant: SnappyVariant): Buffer {
  const maxBits = variant === "before 1.2" ? 14 : 15;
  const out = Buffer.allocUnsafe(32 + bytes.length + Math.ceil(bytes.length / 6));
  let at = 0;
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    out[at++] = rest >= 128 ? (rest % 128) | 128 : rest;
    if (rest < 128) break;
  }
  const table = new Uint16Array(1 << maxBits);
  for (let start = 0; start < bytes.length; start += BLOCK) {
    const block = bytes.subarray(start, start + BLOCK);
    let bits = 8;
    while (bits < maxBits && 1 << bits < block.length) bits++;
    table.fill(0, 0, 1 << bits);
    at = compressBlock(block, out, at, table, new Hash(variant, bits));
  }
  return out.subarray(0, at);
}

/** Where a word stands in the table: by the highest bits of a product, those from the 17th on, or by a checksum. */
class Hash {
  private readonly mask: number;
  private readonly shift: number;

  constructor(
    private readonly variant: SnappyVariant,
    bits: number,
  ) {
    this.mask = (1 << bits) - 1;
    this.shift = variant === "before 1.2" ? 32 - bits : 17;
  }

  of(word: number): number {
    if (this.variant !== "1.2 with CRC") return (Math.imul(word, HASH) >>> this.shift) & this.mask;
    let crc = word ^ (this.mask * 2);
    for (let i = 0; i < 4; i++) crc = (crc >>> 8) ^ (CRC[crc & 255] ?? 0);
    return (crc >>> 1) & this.mask;
  }
}

function compressBlock(block: Buffer, out: Buffer, from: number, table: Uint16Array, hash: Hash): number {
  const end = block.length;
  let at = from;
  let emitted = 0;
  if (end >= MARGIN) {
    const limit = end - MARGIN;
    const view = new DataView(block.buffer, block.byteOffset, block.length);
    let ip = 1;
    let next = hash.of(view.getInt32(ip, true));
    search: for (;;) {
      let skip = 32;
      let candidate = 0;
      let ahead = ip;
      do {
        ip = ahead;
        const slot = next;
        ahead = ip + (skip >> 5);
        skip += skip >> 5;
        if (ahead > limit) break search;
        next = hash.of(view.getInt32(ahead, true));
        candidate = table[slot] ?? 0;
        table[slot] = ip;
      } while (view.getInt32(ip, true) !== view.getInt32(candidate, true));
      at = writeLiteral(block, emitted, ip, out, at);
      do {
        const base = ip;
        let matched = 4;
        while (ip + matched < end && block[candidate + matched] === block[ip + matched]) matched++;
        ip += matched;
        at = writeCopy(base - candidate, matched, out, at);
        emitted = ip;
        if (ip >= limit) break search;
        table[hash.of(view.getInt32(ip - 1, true))] = ip - 1;
        const slot = hash.of(view.getInt32(ip, true));
        candidate = table[slot] ?? 0;
        table[slot] = ip;
      } while (view.getInt32(ip, true) === view.getInt32(candidate, true));
      next = hash.of(view.getInt32(++ip, true));
    }
  }
  return emitted < end ? writeLiteral(block, emitted, end, out, at) : at;
}

function writeLiteral(block: Buffer, from: number, to: number, out: Buffer, start: number): number {
  const last = to - from - 1;
  let at = start;
  if (last < 60) out[at++] = last << 2;
  else {
    const bytes = last < 256 ? 1 : 2;
    out[at++] = (59 + bytes) << 2;
    out[at++] = last & 255;
    if (bytes === 2) out[at++] = last >> 8;
  }
  return at + block.copy(out, at, from, to);
}

function writeCopy(distance: number, length: number, out: Buffer, start: number): number {
  let [at, left] = [start, length];
  const copy = (count: number) => {
    if (count < 12 && distance < 2048) {
      out[at++] = 1 + ((count - 4) << 2) + ((distance >> 8) << 5);
      out[at++] = distance & 255;
      return;
    }
    out[at++] = 2 + ((count - 1) << 2);
    out[at++] = distance & 255;
    out[at++] = distance >> 8;
  };
  // The last of several is never so short that it could not be one of two bytes.
  for (; left >= 68; left -= 64) copy(64);
  if (left > 64) {
    copy(60);
    left -= 60;
  }
  copy(left);
  return at;
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError("it ends too soon");
  return byte;
}
