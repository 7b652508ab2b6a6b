import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countRows,
  openTable,
  openTableView,
  sizeOfTable,
  type TableView,
} from "../../../src/core/table/index.ts";
import { waitUntil } from "../runs/waitUntil.ts";
import { tempTables } from "./tempTable.ts";

const temp = tempTables();

async function view<T>(file: string, work: (view: TableView) => Promise<T>): Promise<T> {
  const opened = await openTableView(file);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

const all = { rowStart: 0, rowCount: 1000, columnStart: 0, columnCount: 100 };
const look = (name: string, content: string | Uint8Array) =>
  view(temp.write(name, content), async (opened) => {
    await waitUntil(() => opened.info.complete, "all rows");
    return { info: opened.info, rows: await opened.rows(all) };
  });

describe("a look at a text", () => {
  it("shows values as they are written, nothing and empty text told apart", async () => {
    const { info, rows } = await look("a.csv", 'id,x,t\n7,1.50,""\n9007199254740993,,"a\nb"\n');
    expect(info).toMatchObject({ format: "csv", rows: 2, complete: true });
    expect(info.columns.map(({ type }) => type)).toEqual(["BIGINT", "DOUBLE", "VARCHAR"]);
    expect(rows).toEqual([
      ["7", "1.50", ""],
      ["9007199254740993", null, "a\nb"],
    ]);
  });

  it("shows any row and column of a large one", async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `${i},"row\n${i}",${i * 2}`);
    await view(temp.write("large.csv", `a,b,c\n${lines.join("\r\n")}`), async (opened) => {
      const range = { rowStart: 199_998, rowCount: 10, columnStart: 1, columnCount: 1 };
      expect(await opened.rows(range)).toEqual([["row\n199998"], ["row\n199999"]]);
      expect(opened.info).toMatchObject({ rows: 200_000, complete: true });
      expect(await opened.rows({ ...range, rowStart: 200_000 })).toEqual([]);
    });
  });

  it("shows a ragged one, and says where it is", async () => {
    const { info, rows } = await look("rag.csv", "a,b\n1,2\n3\n4,5,6\n");
    expect(info.notice).toBe("Failed to read rag.csv, line 3: 1 field, not 2.");
    expect(rows).toEqual([
      ["1", "2"],
      ["3", null],
      ["4", "5"],
    ]);
  });

  it("shows what is not UTF-8, comments, a byte order mark and UTF-16", async () => {
    const latin = await look("latin.csv", Buffer.from("a,b\n1,caf\xe9\n", "latin1"));
    expect([latin.info.notice, latin.rows]).toEqual([expect.stringContaining("not UTF-8"), [["1", "café"]]]);
    expect((await look("mark.csv", "\ufeff# by x\na\n1\n")).rows).toEqual([["1"]]);
    expect((await look("u16.csv", Buffer.from("\ufeffa,b\n1,ä\n", "utf16le"))).rows).toEqual([[1, "ä"]]);
  });

  it("cuts a cell of 50 MB off", async () => {
    const { rows } = await look("cell.csv", `a,b\n1,${"x".repeat(50e6)}\n2,y\n`);
    expect(rows.map((row) => String(row[1]).length)).toEqual([1001, 1]);
  });

  it("shows JSONL with every digit, and lines that are none", async () => {
    const text = '{"a":9007199254740993,"b":{"c":[1.50]}}\n\n{"b":"t","d":false}\nnonsense\n';
    const { info, rows } = await look("a.jsonl", text);
    expect(info.columns.map(({ name }) => name)).toEqual(["a", "b", "d"]);
    expect(rows).toEqual([
      ["9007199254740993", '{"c":[1.50]}', null],
      [null, "t", false],
      ["nonsense", null, null],
    ]);
  });

  it("shows nothing of an empty file, and no rows of a header alone", async () => {
    expect((await look("empty.csv", "")).info).toMatchObject({ rows: 0, columns: [], complete: true });
    const { info } = await look("head.csv", "a,b\n");
    expect(info).toMatchObject({ rows: 0, complete: true });
    expect(info.columns.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("counts and splits as DuckDB does", async () => {
    const db = await temp.db();
    const cell = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", "\r", " ", "ä"), maxLength: 6 });
    const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        async (records, end, last) => {
          const lines = [
            "k,v",
            ...records.map(([a, b]) => `k${quoted(a)},${quoted(b)}`.replace(/^k"/, '"k')),
          ];
          const file = temp.write("random.csv", lines.join(end) + (last ? end : ""));
          const table = await openTable(db, file);
          const rows = await view(file, async (opened) => {
            const found = await opened.rows(all);
            expect(opened.info.rows).toBe(await countRows(db, table));
            return found;
          });
          const { rows: theirs } = await db.query(
            `SELECT * FROM ${table.relation.replaceAll(/'(BIGINT|DATE|DOUBLE|BOOLEAN)'/g, "'VARCHAR'")}`,
          );
          expect(rows).toEqual(theirs);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("ends when nobody waits any more", async () => {
    const file = join(temp.folder, "cut.csv");
    writeFileSync(file, `a,b\n${"1,2\n".repeat(3_000_000)}`);
    const opened = await openTableView(file);
    const abort = new AbortController();
    const far = opened.rows({ ...all, rowStart: 2_999_999 }, abort.signal);
    abort.abort();
    await expect(far).rejects.toMatchObject({ code: "cancelled" });
    await opened.close();
  });
});

describe("the size of a table", () => {
  const size = (name: string, content: string | Uint8Array, called = name) =>
    sizeOfTable(temp.write(name, content), called);

  it("is told of what is one", async () => {
    expect(await size("s.csv", 'a,b\n1,"x\ny"\n\n3,4')).toEqual({ rows: 2, columns: 2 });
    expect(await size("s.tsv", "a\tb\tc\r\n1\t2\t3\r\n")).toEqual({ rows: 1, columns: 3 });
    expect(await size("12.raw", "a\tb,c\n1\t2,3\n", "data.tsv")).toEqual({ rows: 1, columns: 2 });
    expect(await size("none.csv", "a,b\n")).toEqual({ rows: 0, columns: 2 });
    const late = `${'{"a":1}\n'.repeat(30_000)}{"a":2,"late":true}\n`;
    expect(await size("s.jsonl", late)).toEqual({ rows: 30_001, columns: 2 });
  });

  it("is not told of what is none, or not sound", async () => {
    expect(await size("rag.csv", "a,b\n1\n2,3,4\n")).toBeUndefined();
    expect(await size("bad.jsonl", '{"a":1}\n{"a"\n')).toBeUndefined();
    expect(await size("s.txt", "a,b\n1,2\n")).toBeUndefined();
    expect(await size("noise.csv", Buffer.from([1, 0, 2]))).toBeUndefined();
    expect(await size("empty.csv", "")).toBeUndefined();
    expect(await size("latin.csv", Buffer.from("a\ncaf\xe9\n", "latin1"))).toBeUndefined();
    expect(await size("cut.bin", "PAR1 cut off")).toBeUndefined();
  });
});

describe("a look at a Parquet", () => {
  const file = join(temp.folder, "big.parquet");

  it("shows any row, nested values as JSON, and the beginning of long ones", async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT i AS id, {'k': [i, NULL]} AS nested, repeat('x', 5000) AS long, 'ab'::BLOB AS few,
      repeat('a', 100)::BLOB AS many, CASE WHEN i % 2 = 0 THEN '' END AS maybe, 1.5::DECIMAL(38,2) AS exact
      FROM range(1000001) t(i)) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    await view(file, async (opened) => {
      expect(opened.info).toMatchObject({ rows: 1_000_001, complete: true, format: "parquet" });
      const rows = await opened.rows({ ...all, rowStart: 999_999 });
      expect(rows.map(([id]) => id)).toEqual([999_999, 1_000_000]);
      expect(rows[1]).toEqual([
        1_000_000,
        '{"k":[1000000,null]}',
        `${"x".repeat(1000)}…`,
        "ab",
        `${"a".repeat(64)}… (100 bytes)`,
        "",
        "1.50",
      ]);
      expect(rows[0]?.[5]).toBeNull();
      expect(await opened.rows({ rowStart: 5, rowCount: 2, columnStart: 0, columnCount: 1 })).toEqual([
        [5],
        [6],
      ]);
    });
  });

  it("has a column that is called like DuckDB's own", async () => {
    const clash = join(temp.folder, "clash.parquet");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT -i AS file_row_number FROM range(300) t(i)) TO '${clash}'`);
    connection.closeSync();
    instance.closeSync();
    await view(clash, async (opened) => {
      expect(await opened.rows({ ...all, rowStart: 298 })).toEqual([[-298], [-299]]);
    });
  });
});
