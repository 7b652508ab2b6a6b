import * as z from "zod";
import type { DataSetSummary, DataVersion } from "../../../shared/data/api.js";
import type { Db } from "../../store/index.js";

const VersionRow = z.object({
  id: z.int(),
  path: z.string(),
  number: z.int(),
  md5: z.string(),
  size: z.int(),
  files: z.int().nullable(),
  executable: z.int(),
  author: z.string(),
  message: z.string(),
  time: z.int(),
  rows: z.int().nullable(),
  columns: z.int().nullable(),
});

const Alternatives = z.array(z.object({ recipe: z.string(), bytes: z.number(), isMore: z.boolean() }));

/** A version as it was recorded. `rows` and `columns` of a file's content, where they are known. */
export type VersionRecord = z.infer<typeof VersionRow>;

export interface NewVersion {
  path: string;
  md5: string;
  size: number;
  files: number | null;
  isExecutable: boolean;
  author: string;
  message: string;
  time: number;
}

const SELECT = `SELECT v.id, s.path, v.number, v.md5, v.size, v.files, v.executable, v.author, v.message, v.time,
  o.rows, nullif(o.columns, 0) AS columns FROM data_version v JOIN data_set s ON s.id = v.data_set
  LEFT JOIN data_object o ON o.md5 = v.md5 AND v.files IS NULL`;

const MAX_RUNS = 100;

/** The SQL of `data_set` and `data_version`. */
export class DataSets {
  constructor(private readonly database: Db) {}

  /** Newest first. */
  versions(path: string): VersionRecord[] {
    return this.select("WHERE s.path = ? ORDER BY v.number DESC", path);
  }

  newest(path: string): VersionRecord | undefined {
    return this.select("WHERE s.path = ? ORDER BY v.number DESC LIMIT 1", path)[0];
  }

  /** The newest with this hash. */
  byMd5(path: string, md5: string): VersionRecord | undefined {
    return this.select("WHERE s.path = ? AND v.md5 = ? ORDER BY v.number DESC LIMIT 1", path, md5)[0];
  }

  paths(): string[] {
    return this.database.prepare<[], string>("SELECT path FROM data_set ORDER BY path").pluck().all();
  }

  /** Inside a transaction. Returns its id and number. */
  insert({ path, isExecutable, ...version }: NewVersion): { id: number; number: number } {
    this.database.prepare("INSERT INTO data_set (path) VALUES (?) ON CONFLICT (path) DO NOTHING").run(path);
    const row = this.database
      .prepare(
        `INSERT INTO data_version (data_set, number, md5, size, files, executable, author, message, time)
         SELECT s.id, 1 + coalesce((SELECT max(number) FROM data_version WHERE data_set = s.id), 0), @md5, @size,
           @files, @executable, @author, @message, @time FROM data_set s WHERE s.path = @path RETURNING id, number`,
      )
      .get({ ...version, path, executable: isExecutable ? 1 : 0 });
    return z.object({ id: z.int(), number: z.int() }).parse(row);
  }

  /**
   * Contents of datasets that are files and of which nobody has found out yet what they hold, oldest first, with the
   * path that the first was added by.
   */
  uncounted(): { md5: string; path: string }[] {
    return this.database
      .prepare<[], { md5: string; path: string }>(
        `SELECT v.md5, s.path FROM data_version v JOIN data_set s ON s.id = v.data_set
         JOIN data_object o ON o.md5 = v.md5
         WHERE v.files IS NULL AND o.columns IS NULL GROUP BY v.md5 ORDER BY min(v.id)`,
      )
      .all();
  }

  /** What a content holds; undefined for one that is no table, which is kept as zero columns. */
  setTable(md5: string, table: { rows: number; columns: number } | undefined): void {
    this.database
      .prepare("UPDATE data_object SET rows = ?, columns = ? WHERE md5 = ?")
      .run(table?.rows ?? null, table?.columns ?? 0, md5);
  }

  /** Inside a transaction: a version of a lost database, with the next number unless it is there. Returns its id. */
  restore({ path, md5, time, ...rest }: Omit<NewVersion, "isExecutable"> & { executable: number }): number {
    const known = this.select("WHERE s.path = ? AND v.md5 = ? AND v.time = ?", path, md5, time)[0];
    const { executable, ...given } = rest;
    const { size, files, author, message } = given;
    const version = { path, md5, time, size, files, author, message, isExecutable: executable === 1 };
    return known?.id ?? this.insert(version).id;
  }

  /** Runs that read this content, whatever they called it; the newest first. */
  runsOf(md5: string): string[] {
    return this.database
      .prepare<[string, number], string>(
        `SELECT DISTINCT r.run_id FROM dataset d JOIN run_dataset i ON i.dataset = d.id JOIN run r ON r.id = i.run
         WHERE d.digest = ? AND r.deleted_time IS NULL ORDER BY r.start_time DESC LIMIT ?`,
      )
      .pluck()
      .all(md5, MAX_RUNS);
  }

  /** What a version added to the store. */
  cost(id: number): Pick<DataVersion, "newBytes" | "recipe" | "baselineBytes" | "alternatives" | "packed"> {
    const rows = z
      .array(
        z.object({
          recipe: z.string(),
          bytes: z.number(),
          compressed: z.number().nullable(),
          waiting: z.number(),
          contents: z.number(),
          tried: z.string().nullable(),
        }),
      )
      .parse(
        this.database
          .prepare(
            `SELECT recipe, sum(bytes) AS bytes, sum(compressed) AS compressed, sum(packed = 0) AS waiting,
               count(*) AS contents, max(tried) AS tried
             FROM data_object WHERE version = ? GROUP BY recipe ORDER BY bytes DESC`,
          )
          .all(id),
      );
    const [only] = rows.length === 1 && rows[0]?.contents === 1 ? rows : [];
    const packed = rows.every(({ waiting }) => waiting === 0);
    return {
      newBytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
      recipe: rows.length === 0 ? null : rows.map(({ recipe }) => recipe).join("+"),
      baselineBytes: packed ? rows.reduce((sum, { compressed }) => sum + (compressed ?? 0), 0) : null,
      alternatives: only?.tried ? Alternatives.parse(JSON.parse(only.tried)) : [],
      packed,
    };
  }

  /** In three queries however many there are: a view of ten thousand waits for them. */
  summaries(): DataSetSummary[] {
    const newest = this.select(
      "WHERE v.number = (SELECT max(number) FROM data_version WHERE data_set = v.data_set) ORDER BY s.path",
    );
    const counts = this.perDataSet("SELECT data_set, count(*) AS value FROM data_version GROUP BY data_set");
    const stored = this.perDataSet(
      `SELECT v.data_set, sum(o.bytes) AS value FROM data_object o JOIN data_version v ON v.id = o.version
       GROUP BY v.data_set`,
    );
    return newest.map(
      ({ path, number: version, md5, size, files, rows, columns, time, author, message }) => ({
        ...{ path, versions: counts.get(path) ?? 0, version, md5, size, files, rows, columns, time, author },
        ...{ message, storedBytes: stored.get(path) ?? 0 },
      }),
    );
  }

  private perDataSet(query: string): Map<string, number> {
    const sql = `SELECT s.path, q.value FROM (${query}) q JOIN data_set s ON s.id = q.data_set`;
    const rows = z
      .array(z.object({ path: z.string(), value: z.number() }))
      .parse(this.database.prepare(sql).all());
    return new Map(rows.map(({ path, value }) => [path, value]));
  }

  /** Bytes of all files of the store. */
  storeBytes(): number {
    return Number(
      this.database.prepare("SELECT coalesce(sum(bytes), 0) FROM data_file WHERE state = 1").pluck().get(),
    );
  }

  private select(where: string, ...values: (string | number)[]): VersionRecord[] {
    return z.array(VersionRow).parse(this.database.prepare(`${SELECT} ${where}`).all(...values));
  }
}
