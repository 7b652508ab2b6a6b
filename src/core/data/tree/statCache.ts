import type { Db } from "../../store/index.js";
import { compress, decompress } from "../store/zstd.js";
import type { FileStat } from "../threads/index.js";

type Entry = [name: string, md5: string, size: number, mtimeMs: number, ctimeMs: number, ino: number];

/** By hand: a schema takes longer for a hundred thousand rows than looking at the files does. */
function isEntry(value: unknown): value is Entry {
  return (
    Array.isArray(value) &&
    value.length === 6 &&
    value.every((field, i) => typeof field === (i < 2 ? "string" : "number"))
  );
}

/** The MD5 of files by what they looked like when they were read. */
export type KnownFiles = Map<string, { md5: string; stat: FileStat }>;

export interface Known {
  files: KnownFiles;
  /** Of all of it together: the dataset's own. */
  md5: string;
}

/** What was hashed of a dataset. A row that cannot be read is as good as none. */
export function loadKnown(database: Db | undefined, dataset: string): Known {
  const none: Known = { files: new Map(), md5: "" };
  const bytes: unknown = database
    ?.prepare("SELECT entries FROM data_stat WHERE path = ?")
    .pluck()
    .get(dataset);
  if (!Buffer.isBuffer(bytes) || bytes.length < 4) return none;
  try {
    const text = decompress(bytes.subarray(4), bytes.readUInt32LE(0)).toString("utf8");
    const [md5, rows] = JSON.parse(text) as [unknown, unknown];
    if (typeof md5 !== "string" || !Array.isArray(rows) || !rows.every(isEntry)) return none;
    const files: KnownFiles = new Map();
    for (const [name, own, size, mtimeMs, ctimeMs, ino] of rows)
      files.set(name, { md5: own, stat: { size, mtimeMs, ctimeMs, ino } });
    return { files, md5 };
  } catch {
    return none;
  }
}

export function saveKnown(database: Db, dataset: string, { files, md5 }: Known): void {
  const rows = [...files].map(([name, { md5: own, stat }]): Entry => {
    return [name, own, stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino];
  });
  const text = Buffer.from(JSON.stringify([md5, rows]));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  database
    .prepare(
      "INSERT INTO data_stat VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET entries = excluded.entries",
    )
    .run(dataset, Buffer.concat([size, compress(text)]));
}

/** The MD5 of a file that looks as it did. The clock was looked at when it was read, so that no change is overlooked. */
export function knownMd5({ files: known }: Known, relpath: string, stat: FileStat): string | undefined {
  const entry = known.get(relpath);
  if (!entry) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = entry.stat;
  const same = size === stat.size && mtimeMs === stat.mtimeMs && ctimeMs === stat.ctimeMs && ino === stat.ino;
  return same ? entry.md5 : undefined;
}
