import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ByteReader, ByteWriter } from "../lineDelta/index.js";
import { insist } from "./values.js";

/** Small ones get the better compression: there it costs no time. */
const SMALL = 64 << 10;
const LEVEL = { small: 9, large: 3 };

/** Bytes one behind the other, each part compressed where that helps: length, compressed length (0: as it is), bytes. */
export class SectionWriter {
  private readonly parts: Buffer[] = [];

  add(bytes: Buffer): void {
    const level = bytes.length <= SMALL ? LEVEL.small : LEVEL.large;
    const params = { [constants.ZSTD_c_compressionLevel]: level };
    const packed = bytes.length < 16 ? bytes : zstdCompressSync(bytes, { params });
    const isSmaller = packed.length < bytes.length;
    const head = new ByteWriter();
    head.number(bytes.length);
    head.number(isSmaller ? packed.length : 0);
    this.parts.push(head.done(), isSmaller ? packed : bytes);
  }

  done(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/** Reads them back; `limit` is what all of them may have together, bytes. */
export class SectionReader {
  private readonly reader: ByteReader;

  constructor(
    bytes: Buffer,
    private limit: number,
  ) {
    this.reader = new ByteReader(bytes);
  }

  get done(): boolean {
    return this.reader.left === 0;
  }

  next(): Buffer {
    const [size, packed] = [this.reader.number(), this.reader.number()];
    this.limit -= size;
    insist(this.limit >= 0, "a part of it is too large");
    if (packed === 0) return this.reader.take(size);
    const bytes = zstdDecompressSync(this.reader.take(packed), { maxOutputLength: size });
    insist(bytes.length === size, "a part of it has another length than it says");
    return bytes;
  }

  numbers(): ByteReader {
    return new ByteReader(this.next());
  }
}
