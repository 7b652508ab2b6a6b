import type { ByteSource } from "../store/sources.js";
import { listIn, numberIn, structIn, ThriftReader, type ThriftStruct } from "./thrift.js";

/** Parquet's numbers of codecs. */
export const CODEC = { none: 0, snappy: 1, gzip: 2, zstd: 6 } as const;

/** The content of a page: where it lies in the file, and what it has after decompression. Bytes. */
export interface Page {
  start: number;
  /** As it lies. */
  length: number;
  /** Decompressed; what is before it (levels of version 2) is not compressed. */
  size: number;
  codec: number;
  /** The column, by its path; pages of one column are compared. */
  column: string;
  /** Number of the value it begins with, counted over the file; dictionaries have that of the page behind them. */
  first: number;
  /** Values in it. */
  count: number;
  isDictionary: boolean;
}

const MAGIC = Buffer.from("PAR1", "latin1");
const TAIL = 8;
const MAX_FOOTER = 64 << 20;
const MAX_HEADER = 1 << 20;
const FIRST_HEADER = 4 << 10;
const MAX_PAGES = 1 << 20;
/** What one page may have: those of all writers have a megabyte or a few. */
export const MAX_PAGE = 128 << 20;
const KIND = { dictionary: 2, dataV2: 3 };

export function isParquet(source: ByteSource): boolean {
  return (
    source.size > MAGIC.length + TAIL &&
    source.read(0, MAGIC.length).equals(MAGIC) &&
    source.read(source.size - MAGIC.length, MAGIC.length).equals(MAGIC)
  );
}

/** The pages of a file; none where it is no Parquet, or damaged in what would have to be known. */
export function pagesIn(source: ByteSource): Page[] {
  try {
    return pagesOf(source);
  } catch {
    // Its bytes can be stored all the same.
    return [];
  }
}

/**
 * The pages of a Parquet file, in the order in which they lie, none over another. Throws RangeError for a file that is
 * damaged in what is looked at: footer and headers of pages.
 */
export function pagesOf(source: ByteSource): Page[] {
  if (!isParquet(source)) throw new RangeError("it is no Parquet file");
  const length = source.read(source.size - TAIL, 4).readUInt32LE();
  if (length > Math.min(MAX_FOOTER, source.size - TAIL - MAGIC.length))
    throw new RangeError("its footer is too long");
  const end = source.size - TAIL - length;
  const footer = new ThriftReader(source.read(end, length)).struct();
  const pages: Page[] = [];
  const counts = new Map<string, number>();
  for (const group of listIn(footer, 4)) {
    if (!(group instanceof Map)) continue;
    for (const chunk of listIn(group, 1)) {
      const meta = chunk instanceof Map ? structIn(chunk, 3) : undefined;
      if (meta) readChunk(source, meta, end, counts, pages);
      if (pages.length > MAX_PAGES) throw new RangeError("it has too many pages");
    }
  }
  pages.sort((a, b) => a.start - b.start);
  let done = MAGIC.length;
  return pages.filter((page) => {
    const isApart = page.start >= done;
    if (isApart) done = page.start + page.length;
    return isApart;
  });
}

function readChunk(
  source: ByteSource,
  meta: ThriftStruct,
  end: number,
  counts: Map<string, number>,
  pages: Page[],
): void {
  const column = listIn(meta, 3)
    .map((part) => (Buffer.isBuffer(part) ? part.toString("latin1") : ""))
    .join("\0");
  const [codec, total, data] = [numberIn(meta, 4), numberIn(meta, 7), numberIn(meta, 9)];
  if (codec === undefined || total === undefined || data === undefined) return;
  const dictionary = numberIn(meta, 11) ?? 0;
  let at = dictionary > 0 && dictionary < data ? dictionary : data;
  const stop = Math.min(end, at + total);
  let first = counts.get(column) ?? 0;
  while (at < stop && pages.length <= MAX_PAGES) {
    const { header, size: headerSize } = readHeader(source, at, stop);
    const [size, packed] = [numberIn(header, 2), numberIn(header, 3)];
    const start = at + headerSize;
    if (size === undefined || packed === undefined || packed > stop - start)
      throw new RangeError("a page is longer than its column");
    const kind = numberIn(header, 1);
    const isDictionary = kind === KIND.dictionary;
    const head = structIn(header, isDictionary ? 7 : kind === KIND.dataV2 ? 8 : 5);
    const count = numberIn(head, 1) ?? 0;
    const page = { start, length: packed, size, codec, column, first, count, isDictionary };
    if (!isDictionary) first += count;
    if (kind === KIND.dataV2) {
      const levels = (numberIn(head, 5) ?? 0) + (numberIn(head, 6) ?? 0);
      if (levels > Math.min(packed, size)) throw new RangeError("the levels of a page are longer than it");
      if (head?.get(7) === false) page.codec = CODEC.none;
      page.start += levels;
      page.length -= levels;
      page.size -= levels;
    }
    if (size <= MAX_PAGE && packed > 0) pages.push(page);
    at = start + packed;
  }
  counts.set(column, first);
}

function readHeader(source: ByteSource, at: number, stop: number): { header: ThriftStruct; size: number } {
  for (let length = FIRST_HEADER; ; length *= 16) {
    const bytes = source.read(at, Math.min(length, stop - at));
    try {
      const reader = new ThriftReader(bytes);
      return { header: reader.struct(), size: reader.at };
    } catch (error) {
      // Statistics can make one long.
      if (bytes.length < length || length >= MAX_HEADER) throw error;
    }
  }
}
