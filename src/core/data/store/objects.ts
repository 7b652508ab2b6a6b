import type { Statement } from "better-sqlite3";
import * as z from "zod";
import { CairnError } from "../../../shared/errors.js";
import type { Db } from "../../store/index.js";
import type { Tried } from "./candidates.js";
import type { IndexedObject } from "./fileIndex.js";
import { RECIPE_NAMES } from "./recipes/index.js";

const Row = z.object({
  id: z.int(),
  md5: z.string(),
  sha256: z.instanceof(Buffer),
  size: z.int(),
  file: z.int(),
  path: z.string(),
  offset: z.int(),
  bytes: z.int(),
  recipe: z.enum(RECIPE_NAMES),
  parent: z.int().nullable(),
  base: z.int().nullable(),
  position: z.int(),
  predecessor: z.int().nullable(),
});

/** A content and where it lies. Sizes in bytes. */
export type StoredObject = z.infer<typeof Row>;

/** A content that was just written as it is. */
export interface NewObject {
  md5: string;
  sha256: Buffer;
  size: number;
  file: number;
  offset: number;
  /** MD5 of what it replaces. */
  predecessor?: string;
}

/** Where a packed content lies now. */
export interface Placement {
  file: number;
  offset: number;
  bytes: number;
  recipe: StoredObject["recipe"];
  parent: number | null;
  base: number | null;
  position: number;
  compressed: number;
  /** The recipes that were not taken. */
  tried: readonly Tried[];
}

/** A content as a file tells it; others are named by their MD5. */
export interface RestoredObject extends Omit<IndexedObject, "version"> {
  file: number;
  version: number | null;
}

const SELECT = `SELECT o.id, o.md5, o.sha256, o.size, o.file, f.path, o.offset, o.bytes, o.recipe, o.parent, o.base,
  o.position, o.predecessor FROM data_object o JOIN data_file f ON f.id = o.file`;

/** The SQL of `data_object`. */
export class Objects {
  private readonly statements = new Map<string, Statement>();

  constructor(readonly database: Db) {}

  byMd5(md5: string): StoredObject | undefined {
    return this.one("WHERE o.md5 = ?", md5);
  }

  byId(id: number): StoredObject | undefined {
    return this.one("WHERE o.id = ?", id);
  }

  /** Whether it is stored, as far as is known undamaged. */
  has(md5: string): boolean {
    return this.statement("SELECT 1 FROM data_object WHERE md5 = ? AND packed >= 0").get(md5) !== undefined;
  }

  /** What could not be restored counts as missing, so that whoever has it stores it again. */
  markDamaged(id: number): void {
    if (!this.database.readonly) this.statement("UPDATE data_object SET packed = -1 WHERE id = ?").run(id);
  }

  /**
   * Inside a transaction. Returns those that were not there, or damaged. Throws CairnError `refused` for one that has the MD5 of
   * another content.
   */
  insert(objects: readonly NewObject[], version: number | null): NewObject[] {
    const insert = this.database.prepare(
      `INSERT INTO data_object (md5, sha256, size, file, offset, bytes, recipe, version, predecessor)
       VALUES (?, ?, ?, ?, ?, ?, 'raw', ?, (SELECT id FROM data_object WHERE md5 = ?)) ON CONFLICT (md5) DO UPDATE
       SET file = excluded.file, offset = excluded.offset, bytes = excluded.bytes, recipe = 'raw', parent = NULL,
       base = NULL, position = 0, packed = 0, compressed = NULL
       WHERE packed = -1 AND sha256 = excluded.sha256`,
    );
    return objects.filter(({ md5, sha256, size, file, offset, predecessor }) => {
      const values = [md5, sha256, size, file, offset, size, version, predecessor ?? null];
      if (insert.run(...values).changes > 0) return true;
      this.assertSame(md5, sha256);
      return false;
    });
  }

  /** Inside a transaction: the content is from now on what was just written; what is made of it stays so. */
  replace({ md5, size, file, offset }: NewObject): void {
    this.statement(
      `UPDATE data_object SET file = ?, offset = ?, bytes = ?, recipe = 'raw', parent = NULL, packed = 0,
       predecessor = NULL WHERE md5 = ?`,
    ).run(file, offset, size, md5);
  }

  /** Inside a transaction: contents of a lost database. What is made of others that nobody has is left out; returns the rest. */
  restore(found: readonly RestoredObject[]): number {
    const all = new Map(found.map((object) => [object.md5, object]));
    for (let before = -1; before !== all.size;) {
      before = all.size;
      for (const [md5, { parent }] of all)
        if (parent !== null && !all.has(parent) && this.byMd5(parent) === undefined) all.delete(md5);
    }
    const columns = ["sha256", "size", "file", "offset", "bytes", "recipe", "position", "packed", "version"];
    columns.push("compressed", "rows", "columns", "tried");
    const insert = this.database.prepare(
      `INSERT INTO data_object (md5, ${columns.join(", ")}) VALUES (@md5, ${columns.map((name) => `@${name}`).join(", ")})
       ON CONFLICT (md5) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(", ")}`,
    );
    for (const object of all.values()) insert.run({ ...object, sha256: Buffer.from(object.sha256, "hex") });
    const id = "(SELECT id FROM data_object WHERE md5 = ?)";
    const refer = this.database.prepare(
      `UPDATE data_object SET parent = ${id}, base = ${id}, predecessor = ${id} WHERE md5 = ?`,
    );
    for (const { md5, parent, base, predecessor } of all.values()) refer.run(parent, base, predecessor, md5);
    return all.size;
  }

  assertSame(md5: string, sha256: Buffer): void {
    const known = this.byMd5(md5);
    if (!known || known.sha256.equals(sha256)) return;
    throw new CairnError(
      "refused",
      `Two different contents have the same MD5, ${md5}: one of them was made to.`,
      {
        hint: "DVC's format cannot tell them apart; change one byte of one of them.",
      },
    );
  }

  /** Files with contents that are not packed yet, oldest first. */
  unpackedFiles(): { id: number; path: string }[] {
    return this.database
      .prepare<[], { id: number; path: string }>(
        `SELECT DISTINCT f.id, f.path FROM data_object o JOIN data_file f ON f.id = o.file WHERE o.packed = 0 ORDER BY f.id`,
      )
      .all();
  }

  inFile(file: number): StoredObject[] {
    return this.many("WHERE o.file = ? ORDER BY o.id", file);
  }

  /** A group of contents that are made of one base, in the order of their positions. */
  group(base: number): StoredObject[] {
    return this.many("WHERE o.base = ? ORDER BY o.position", base);
  }

  /** Inside a transaction. */
  place(id: number, to: Placement): void {
    this.statement(
      `UPDATE data_object SET file = @file, offset = @offset, bytes = @bytes, recipe = @recipe, parent = @parent,
       base = @base, position = @position, compressed = @compressed, tried = @tried, packed = 1, predecessor = NULL WHERE id = @id`,
    ).run({ ...to, tried: JSON.stringify(to.tried), id });
  }

  /** Contents that wait to be packed. */
  unpackedCount(): number {
    return Number(this.database.prepare("SELECT count(*) FROM data_object WHERE packed = 0").pluck().get());
  }

  private one(where: string, value: string | number): StoredObject | undefined {
    const row = this.statement(`${SELECT} ${where}`).get(value);
    return row === undefined ? undefined : Row.parse(row);
  }

  private many(where: string, value: number): StoredObject[] {
    return this.statement(`${SELECT} ${where}`)
      .all(value)
      .map((row) => Row.parse(row));
  }

  private statement(sql: string): Statement {
    let found = this.statements.get(sql);
    if (!found) this.statements.set(sql, (found = this.database.prepare(sql)));
    return found;
  }
}
