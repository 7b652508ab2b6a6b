import { chmodSync, closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import * as z from "zod";
import type { Db } from "../../store/index.js";
import { compress, decompress } from "./zstd.js";
import { RECIPE_NAMES } from "./recipes/index.js";

const MAGIC = Buffer.from("CairnIx1");
/** Two sizes of 32 bits, packed and not, before it. */
const TRAILER = 8 + MAGIC.length;
const MAX_INDEX = 1 << 30;

const Md5 = z.string().regex(/^[0-9a-f]{32}(\.dir)?$/);
const Size = z.int().min(0);

const IndexedObject = z.object({
  md5: Md5,
  sha256: z.string().regex(/^[0-9A-F]{64}$/),
  size: Size,
  offset: Size,
  bytes: Size,
  recipe: z.enum(RECIPE_NAMES),
  parent: Md5.nullable(),
  base: Md5.nullable(),
  position: Size,
  packed: z.int(),
  compressed: Size.nullable(),
  rows: Size.nullable(),
  columns: Size.nullable(),
  tried: z.string().nullable(),
  version: z.int().nullable(),
  predecessor: Md5.nullable(),
});

const IndexedVersion = z.object({
  id: z.int(),
  path: z.string().min(1),
  md5: Md5,
  size: Size,
  files: Size.nullable(),
  executable: z.union([z.literal(0), z.literal(1)]),
  author: z.string(),
  message: z.string(),
  time: z.int(),
});

const Index = z.object({ objects: z.array(IndexedObject), versions: z.array(IndexedVersion) });

/** What lies in a file of the store. `version` is the `id` of one of `versions`, and only that. */
export type FileIndex = z.infer<typeof Index>;
export type IndexedObject = z.infer<typeof IndexedObject>;
export type IndexedVersion = z.infer<typeof IndexedVersion>;

const OBJECTS = `SELECT o.md5, hex(o.sha256) AS sha256, o.size, o.offset, o.bytes, o.recipe, p.md5 AS parent,
  b.md5 AS base, o.position, o.packed, o.compressed, o.rows, o.columns, o.tried, o.version, d.md5 AS predecessor
  FROM data_object o LEFT JOIN data_object p ON p.id = o.parent LEFT JOIN data_object b ON b.id = o.base
  LEFT JOIN data_object d ON d.id = o.predecessor WHERE o.file = ?`;
const VERSIONS = `SELECT v.id, s.path, v.md5, v.size, v.files, v.executable, v.author, v.message, v.time
  FROM data_version v JOIN data_set s ON s.id = v.data_set
  WHERE v.id IN (SELECT version FROM data_object WHERE file = ?)`;

/**
 * Writes what the database says of a file's contents behind them, so that a lost database can be made again. Inside the
 * transaction that refers to the file, which is safe on disk by then; this part need not be. Returns its bytes.
 */
export function appendIndex(database: Db, id: number, file: string): number {
  const objects = database.prepare(OBJECTS).all(id);
  const text = Buffer.from(JSON.stringify({ objects, versions: database.prepare(VERSIONS).all(id) }));
  const packed = compress(text);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(packed.length, 0);
  sizes.writeUInt32LE(text.length, 4);
  const bytes = Buffer.concat([packed, sizes, MAGIC]);
  chmodSync(file, 0o644);
  const fd = openSync(file, "r+");
  try {
    const { size } = fstatSync(fd);
    for (let done = 0; done < bytes.length;)
      done += writeSync(fd, bytes, done, bytes.length - done, size + done);
  } finally {
    closeSync(fd);
  }
  chmodSync(file, 0o444);
  return bytes.length;
}

/** Undefined for a file that has none, or a damaged one. */
export function readIndex(file: string): FileIndex | undefined {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    const read = (at: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return at < 0 || readSync(fd, bytes, 0, length, at) < length ? undefined : bytes;
    };
    const trailer = read(size - TRAILER, TRAILER);
    if (!trailer?.subarray(8).equals(MAGIC)) return undefined;
    const [packed, length] = [trailer.readUInt32LE(0), trailer.readUInt32LE(4)];
    const frame = length > MAX_INDEX ? undefined : read(size - TRAILER - packed, packed);
    if (!frame) return undefined;
    const index = Index.parse(JSON.parse(decompress(frame, length).toString("utf8")));
    const end = size - TRAILER - packed;
    return index.objects.every(({ offset, bytes }) => offset + bytes <= end) ? index : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
