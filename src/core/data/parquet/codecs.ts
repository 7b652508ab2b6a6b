import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { CODEC } from "./layout.js";
import { compressSnappy, decompressSnappy, SNAPPY_VARIANTS } from "./snappy.js";

/** A way to compress that writers use. What a page is stored by is its place in this list, which only grows. */
interface Packing {
  codec: number;
  pack: (bytes: Buffer) => Buffer;
}

const zstd = (level: number): Packing => ({
  codec: CODEC.zstd,
  // As by one call of the library, which writes the length of the content.
  pack: (bytes) =>
    zstdCompressSync(bytes, {
      params: { [constants.ZSTD_c_compressionLevel]: level },
      pledgedSrcSize: bytes.length,
    }),
});
const gzip = (level: number): Packing => ({ codec: CODEC.gzip, pack: (bytes) => gzipSync(bytes, { level }) });

const PACKINGS: readonly Packing[] = [
  { codec: CODEC.none, pack: (bytes) => bytes },
  ...SNAPPY_VARIANTS.map((variant) => ({
    codec: CODEC.snappy,
    pack: (bytes: Buffer) => compressSnappy(bytes, variant),
  })),
  ...[1, 3, 2, 5, 9].map(zstd),
  ...[6, 9, 1].map(gzip),
];

/** Throws RangeError or zlib's own for what is damaged, and for codecs that nobody here knows. */
export function unpack(packed: Buffer, codec: number, size: number): Buffer {
  const bytes = decompressed(packed, codec, size);
  if (bytes.length !== size) throw new RangeError("a page has another length than it says");
  return bytes;
}

function decompressed(packed: Buffer, codec: number, size: number): Buffer {
  if (codec === CODEC.none) return packed;
  if (codec === CODEC.snappy) return decompressSnappy(packed, size);
  if (codec === CODEC.zstd) return zstdDecompressSync(packed, { maxOutputLength: Math.max(1, size) });
  if (codec === CODEC.gzip) return gunzipSync(packed, { maxOutputLength: Math.max(1, size) });
  throw new RangeError("a page is compressed in a way that is not known");
}

export function pack(bytes: Buffer, packing: number): Buffer {
  const known = PACKINGS[packing];
  if (!known) throw new RangeError("a page is compressed in a way that is not known");
  return known.pack(bytes);
}

/** Finds by which packing a page comes out bit for bit: those that did so last first, and none that failed often. */
export class PackingFinder {
  private readonly score = PACKINGS.map(() => 0);

  find(bytes: Buffer, packed: Buffer, codec: number): number | undefined {
    const order = [...PACKINGS.keys()]
      .filter((i) => PACKINGS[i]?.codec === codec && (this.score[i] ?? 0) > -TRIES)
      .sort((a, b) => (this.score[b] ?? 0) - (this.score[a] ?? 0));
    for (const i of order) {
      if (pack(bytes, i).equals(packed)) {
        this.score[i] = Math.max(1, (this.score[i] ?? 0) + 1);
        return i;
      }
      // One that has worked may fail at some pages; the others are not tried for ever.
      if ((this.score[i] ?? 0) <= 0) this.score[i] = (this.score[i] ?? 0) - 1;
    }
    return undefined;
  }
}

const TRIES = 6;
