import type { Db } from "../../store/index.js";
import { compress, decompress } from "../store/zstd.js";
import type { FileStat } from "../threads/index.js";

/** A file that was hashed, and how it looked then. */
interface Hashed extends FileStat {
  relpath: string;
  md5: string;
}

const FORMAT = 2;
const MD5_BYTES = 16;
/** Bytes of a file's size, times and inode. */
const STAT_FIELDS = 4;
const STAT_BYTES = STAT_FIELDS * Float64Array.BYTES_PER_ELEMENT;

/**
 * The MD5 of files by what they looked like when they were read, in columns: a hundred thousand objects take longer to
 * make than the files to look at. Folders are listed in the same order each time, mostly, so that a file is looked for
 * at its old place first.
 */
export class Known {
  static readonly none = new Known("", [], Buffer.alloc(0), new Float64Array());
  private places: Map<string, number> | undefined;

  constructor(
    /** Of all of it together: the dataset's own. */
    readonly md5: string,
    private readonly names: readonly string[],
    private readonly md5s: Buffer,
    private readonly stats: Float64Array,
  ) {}

  static of(files: readonly Hashed[], md5: string): Known {
    const md5s = Buffer.from(files.map((file) => file.md5).join(""), "hex");
    const stats = new Float64Array(files.length * STAT_FIELDS);
    for (const [i, { size, mtimeMs, ctimeMs, ino }] of files.entries())
      stats.set([size, mtimeMs, ctimeMs, ino], i * STAT_FIELDS);
    // A hash of another kind would shift all that come after it.
    if (md5s.length !== files.length * MD5_BYTES) return Known.none;
    return new Known(
      md5,
      files.map(({ relpath }) => relpath),
      md5s,
      stats,
    );
  }

  get size(): number {
    return this.names.length;
  }

  /**
   * The MD5 of a file that looks as it did. The clock was looked at when it was read, so that no change is overlooked.
   * @param hint its number in the order in which the files are listed
   */
  md5Of(
    { relpath, size, mtimeMs, ctimeMs, ino }: FileStat & { relpath: string },
    hint: number,
  ): string | undefined {
    const at = this.names[hint] === relpath ? hint : this.placeOf(relpath);
    if (at === undefined) return undefined;
    const { stats } = this;
    const k = at * STAT_FIELDS;
    const same =
      size === stats[k] && mtimeMs === stats[k + 1] && ctimeMs === stats[k + 2] && ino === stats[k + 3];
    return same ? this.md5s.toString("hex", at * MD5_BYTES, (at + 1) * MD5_BYTES) : undefined;
  }

  encode(): Buffer {
    const md5 = Buffer.from(this.md5);
    const header = Buffer.alloc(12);
    for (const [i, value] of [FORMAT, this.size, md5.length].entries()) header.writeUInt32LE(value, i * 4);
    const { buffer, byteOffset, byteLength } = this.stats;
    // Names hold no zero byte. Numbers lie as this machine has them: the table is of no use on another.
    const names = Buffer.from(this.names.join("\0"));
    return Buffer.concat([header, Buffer.from(buffer, byteOffset, byteLength), this.md5s, md5, names]);
  }

  /** Throws RangeError for what `encode` has not made. */
  static decode(bytes: Buffer): Known {
    const [format, count, length] = [0, 4, 8].map((at) => bytes.readUInt32LE(at));
    if (format !== FORMAT || count === undefined || length === undefined)
      throw new RangeError("it is of another format");
    let at = 12;
    const take = (size: number) => {
      if (at + size > bytes.length) throw new RangeError("it ends too soon");
      return bytes.subarray(at, (at += size));
    };
    const stats = new Float64Array(count * STAT_FIELDS);
    Buffer.from(stats.buffer).set(take(count * STAT_BYTES));
    const md5s = take(count * MD5_BYTES);
    const md5 = take(length).toString();
    const names = count === 0 ? [] : bytes.toString("utf8", at).split("\0");
    if (names.length !== count) throw new RangeError("it has another number of names");
    return new Known(md5, names, md5s, stats);
  }

  private placeOf(relpath: string): number | undefined {
    this.places ??= new Map(this.names.map((name, i) => [name, i]));
    return this.places.get(relpath);
  }
}

/** What was hashed of a dataset. A row that cannot be read is as good as none. */
export function loadKnown(database: Db | undefined, dataset: string): Known {
  const bytes: unknown = database
    ?.prepare("SELECT entries FROM data_stat WHERE path = ?")
    .pluck()
    .get(dataset);
  if (!Buffer.isBuffer(bytes) || bytes.length < 4) return Known.none;
  try {
    return Known.decode(decompress(bytes.subarray(4), bytes.readUInt32LE(0)));
  } catch {
    return Known.none;
  }
}

export function saveKnown(database: Db, dataset: string, known: Known): void {
  const bytes = known.encode();
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  database
    .prepare(
      "INSERT INTO data_stat VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET entries = excluded.entries",
    )
    .run(dataset, Buffer.concat([size, compress(bytes)]));
}
