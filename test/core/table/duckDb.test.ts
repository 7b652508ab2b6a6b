import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../../src/core/table/index.ts";
import { tempTables } from "./tempTable.ts";

const temp = tempTables();
const inside = join(temp.folder, "inside");
const outside = join(temp.folder, "outside");
mkdirSync(inside);
mkdirSync(join(temp.folder, "inside-too"));
mkdirSync(outside);
for (const folder of ["inside", "inside-too", "outside"]) temp.write(`${folder}/a.csv`, "a\n1\n");
symlinkSync(join(outside, "a.csv"), join(inside, "link.csv"));
symlinkSync(outside, join(inside, "linked"));
const opened = openDuckDb({ memoryLimit: 200e6, threads: 2, allowedDirectories: [inside] });
afterAll(async () => {
  (await opened).close();
});

/** The code that a query fails with. */
async function codeOf(sql: string): Promise<string> {
  try {
    await (await opened).query(sql);
    return "none";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("the locked-down DuckDB", () => {
  it("reads what it is allowed to", async () => {
    const { rows } = await (await opened).query(`SELECT * FROM '${inside}/a.csv'`);
    expect(rows).toEqual([[1]]);
  });

  it.each([
    `SELECT * FROM '${inside}/../outside/a.csv'`,
    `SELECT * FROM '${outside}/a.csv'`,
    `SELECT * FROM '${inside}-too/a.csv'`,
    `SELECT * FROM '${inside}/link.csv'`,
    `SELECT * FROM '${inside}/linked/a.csv'`,
    `SELECT * FROM read_text('/etc/passwd')`,
    `SELECT * FROM read_blob('/proc/self/environ')`,
    `SELECT * FROM glob('${outside}/*')`,
    `SELECT * FROM read_csv('https://example.com/a.csv')`,
    `SELECT * FROM read_parquet('s3://bucket/a.parquet')`,
  ])("reads nothing else: %s", async (sql) => {
    expect(["refused", "invalid"]).toContain(await codeOf(sql));
  });

  it.each([
    `ATTACH '${inside}/x.db'`,
    `COPY (SELECT 1) TO '${inside}/w.csv'`,
    `COPY (SELECT 1) TO '${outside}/w.csv'`,
    `EXPORT DATABASE '${inside}/e'`,
    "INSTALL httpfs",
    "LOAD httpfs",
    `LOAD '${inside}/x.duckdb_extension'`,
    "SET threads = 4",
    "SET enable_external_access = true",
    "RESET allowed_directories",
    "CREATE TABLE t (i INT)",
    "CREATE SECRET (TYPE s3)",
    "PRAGMA enable_profiling",
    "CALL pragma_version()",
    "SELECT 1; SELECT 2",
    "SELECT 1; ATTACH 'x.db'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO 'x'",
  ])("does nothing but read: %s", async (sql) => {
    expect(["refused", "invalid"]).toContain(await codeOf(sql));
    expect(readdirSync(inside).sort()).toEqual(["a.csv", "link.csv", "linked"]);
  });

  it("cannot be unlocked by a statement of its own either", async () => {
    const db = await opened;
    await expect(db.execute("SET enable_external_access = true")).rejects.toThrow(/locked/);
    await expect(db.execute(`COPY (SELECT 1) TO '${outside}/w.csv'`)).rejects.toThrow(/disabled/);
    await expect(db.execute("LOAD httpfs")).rejects.toThrow(/disabled/);
  });

  it("takes values apart from the text", async () => {
    const { rows } = await (await opened).query("SELECT ? AS a, ? AS b", { values: ["x'; DROP", 2n] });
    expect(rows).toEqual([["x'; DROP", 2]]);
  });
});

describe("a query", () => {
  const ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b";

  it("ends when it is cancelled, and the next one works", async () => {
    const db = await opened;
    const abort = new AbortController();
    const running = db.query(ENDLESS, { signal: abort.signal });
    const beside = db.query("SELECT 42");
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect((await beside).rows).toEqual([[42]]);
    expect((await db.query("SELECT 1")).rows).toEqual([[1]]);
    await expect(db.query("SELECT 1", { signal: abort.signal })).rejects.toMatchObject({ code: "cancelled" });
  });

  it("ends when the database is closed", async () => {
    const db = await openDuckDb({ memoryLimit: 100e6, threads: 1, allowedDirectories: [] });
    const running = db.query(ENDLESS);
    // It has begun when another one beside it has ended.
    await db.query("SELECT 1");
    db.close();
    await expect(running).rejects.toThrow();
    await expect(db.query("SELECT 1")).rejects.toMatchObject({ code: "unavailable" });
  });

  it("spills what does not fit into its memory, and fails with a sentence where it may not", async () => {
    const sorted = "SELECT count(*) FROM (SELECT md5(range::VARCHAR) h FROM range(3000000) ORDER BY h)";
    const spill = join(temp.folder, "spill");
    const db = await openDuckDb({
      ...{ memoryLimit: 100e6, threads: 1, allowedDirectories: [inside], tempDirectory: spill },
    });
    expect((await db.query(sorted)).rows).toEqual([[3_000_000]]);
    expect(await codeIn(db, `SELECT * FROM glob('${spill}/*')`)).not.toBe("internal");
    db.close();
    const small = await openDuckDb({ memoryLimit: 50e6, threads: 1, allowedDirectories: [inside] });
    await expect(small.query("SELECT list(md5(range::VARCHAR)) FROM range(3000000)")).rejects.toMatchObject({
      code: "full",
    });
    small.close();
  });
});

async function codeIn(db: Awaited<typeof opened>, sql: string): Promise<string> {
  return db.query(sql).then(
    () => "none",
    (error: unknown) => (error as { code: string }).code,
  );
}
