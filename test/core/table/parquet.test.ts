import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTable } from "../../../src/core/table/index.ts";
import { tempTables } from "./tempTable.ts";

const temp = tempTables();

/** Writes a Parquet of what a query gives, by a DuckDB that may. */
async function parquet(name: string, query: string): Promise<string> {
  const file = join(temp.folder, name);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return file;
}

const TYPES = `SELECT 9007199254740993::BIGINT AS big, 1.50::DECIMAL(38,2) AS exact,
  12345678901234567890123456789012345678::DECIMAL(38,0) AS long, 'nan'::DOUBLE AS nan, '-inf'::FLOAT AS inf,
  DATE '2024-02-29' AS day, TIMESTAMPTZ '2024-01-01 00:00:00+02' AS at, TIMESTAMP '2024-01-01 10:11:12.5' AS here,
  [1, NULL] AS list, {'a': 1, 'b': [true]} AS struct, MAP {'k': 2} AS map, '\\x00a'::BLOB AS blob,
  NULL::VARCHAR AS nothing, '' AS empty, TIME '01:02:03' AS clock`;

describe("a Parquet", () => {
  it("is told by its content, with its rows at once", async () => {
    const db = await temp.db();
    const named = await parquet("named.csv", "SELECT i, i * 2 AS j FROM range(123456) t(i)");
    expect(await openTable(db, named)).toMatchObject({ format: "parquet", rows: 123_456 });
  });

  it("has values of every type that can cross a process border", async () => {
    const db = await temp.db();
    const table = await openTable(db, await parquet("types.parquet", TYPES));
    const { rows } = await db.query(`SELECT * FROM ${table.relation}`);
    expect(rows).toEqual(JSON.parse(JSON.stringify(rows)));
    expect(
      Object.fromEntries(table.columns.map(({ name, kind }, i) => [name, [kind, rows[0]?.[i]]])),
    ).toEqual({
      big: ["number", "9007199254740993"],
      exact: ["number", "1.50"],
      long: ["number", "12345678901234567890123456789012345678"],
      nan: ["number", "NaN"],
      inf: ["number", "-Infinity"],
      day: ["time", "2024-02-29"],
      at: ["time", "2023-12-31 22:00:00+00"],
      here: ["time", "2024-01-01 10:11:12.5"],
      list: ["nested", [1, null]],
      struct: ["nested", { a: 1, b: [true] }],
      map: ["nested", [["k", 2]]],
      blob: ["binary", "\\x00a"],
      nothing: ["text", null],
      empty: ["text", ""],
      clock: ["time", "01:02:03"],
    });
  });

  it("with no rows, or none of its columns named once, is read", async () => {
    const db = await temp.db();
    expect(await openTable(db, await parquet("none.parquet", "SELECT 1 AS a LIMIT 0"))).toMatchObject({
      rows: 0,
      columns: [{ name: "a", type: "INTEGER", kind: "number" }],
    });
  });

  it("that is cut off, or none, says so", async () => {
    const db = await temp.db();
    const bytes = readFileSync(await parquet("whole.parquet", "SELECT range AS a FROM range(1000)"));
    const fail = async (name: string, content: Uint8Array | string) =>
      openTable(db, temp.write(name, content)).then(
        () => "none",
        (error: unknown) => (error as Error).message,
      );
    expect(await fail("cut.parquet", bytes.subarray(0, 2_000))).toBe(
      "cut.parquet has no end: it was cut off, or is still being written.",
    );
    expect(await fail("text.parquet", "a,b\n1,2\n")).toBe(
      "text.parquet is not a Parquet file: it does not begin with PAR1.",
    );
    expect(await fail("empty.parquet", "")).toBe(
      "empty.parquet is not a Parquet file: it does not begin with PAR1.",
    );
    expect(await fail("zip.csv", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]))).toMatch(/ZIP archive/);
    expect(await fail("noise.csv", Buffer.from([0x61, 0, 1, 2]))).toMatch(/is not text/);
  });

  it("that is damaged anywhere fails with a sentence, and takes nothing down", async () => {
    const db = await temp.db();
    const bytes = readFileSync(
      await parquet("fuzz.parquet", "SELECT i, i::VARCHAR AS t, [i] AS l FROM range(500) t(i)"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4, max: bytes.length - 5 }),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        async (at, byte, cut) => {
          const harmed = cut
            ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(-8)])
            : Buffer.from(bytes).fill(byte, at, at + 1);
          const file = temp.write("harmed.parquet", harmed);
          try {
            const table = await openTable(db, file);
            await db.query(`SELECT * FROM ${table.relation}`);
          } catch (error) {
            expect(error).toHaveProperty("code");
            expect((error as Error).message).not.toBe("");
          }
        },
      ),
      { numRuns: 300 },
    );
    const whole = await openTable(db, join(temp.folder, "fuzz.parquet"));
    expect(whole.rows).toBe(500);
  });
});
