/** Sizes in bytes. */
export interface ChunkSizes {
  min: number;
  /** A power of two. */
  average: number;
  max: number;
}

/** A chunk of a buffer, with a hash of its bytes (32 bits). */
export interface Chunk {
  start: number;
  end: number;
  hash: number;
}

/** 256 numbers of 32 bits from a fixed generator (mulberry32), one for each byte. */
const GEAR = (() => {
  let state = 0x6361_6972;
  return Uint32Array.from({ length: 256 }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  });
})();

/**
 * Cuts bytes where their content says so, so that equal content is cut alike wherever it stands: FastCDC's normalised
 * chunking (Xia et al., USENIX ATC 2016) with a gear hash of 32 bits. Before the average size a cut needs two bits
 * more, behind it two less. The last chunk ends where the bytes do.
 */
export function* chunksOf(bytes: Buffer, { min, average, max }: ChunkSizes): Generator<Chunk> {
  const bits = Math.log2(average);
  const strict = mask(bits + 2);
  const loose = mask(bits - 2);
  for (let start = 0; start < bytes.length;) {
    const most = Math.min(start + max, bytes.length);
    const middle = Math.min(start + average, most);
    let gear = 0;
    let hash = 0x811c9dc5;
    let at = start;
    // The hash forgets all but the last 32 bytes: those before `min` need not be cut at, but count for the hash.
    for (const end = Math.min(start + min, most); at < end; at++) {
      const byte = bytes[at] ?? 0;
      gear = (gear << 1) + (GEAR[byte] ?? 0);
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    let cut = false;
    for (; at < most && !cut; at++) {
      const byte = bytes[at] ?? 0;
      gear = ((gear << 1) + (GEAR[byte] ?? 0)) | 0;
      hash = Math.imul(hash ^ byte, 0x01000193);
      cut = (gear & (at < middle ? strict : loose)) === 0;
    }
    yield { start, end: at, hash };
    start = at;
  }
}

/** The highest bits, which depend on the most bytes. */
function mask(bits: number): number {
  return bits >= 32 ? -1 : ~(-1 >>> Math.max(1, Math.round(bits)));
}
