import { describe, expect, it } from "vitest";
import { countRows, openTable, queryTable } from "../../../src/core/table/index.ts";
import { tempTables } from "./tempTable.ts";

const temp = tempTables();
const LF16 = "\ufeffa,b\n1,ä\n";

/** Names with types, rows, and what is in the table. */
async function look(name: string, content: string | Uint8Array) {
  const db = await temp.db();
  const table = await openTable(db, temp.write(name, content));
  const count = await countRows(db, table);
  const { rows } = await db.query(`SELECT * FROM ${table.relation}`);
  expect(rows.length).toBe(count);
  return {
    format: table.format,
    columns: table.columns.map(({ name: title, type }) => `${title} ${type}`),
    rows,
  };
}

/** The sentence that a file fails with, at the latest when it is counted. */
async function failure(name: string, content: string | Uint8Array): Promise<string> {
  const db = await temp.db();
  try {
    const table = await openTable(db, temp.write(name, content));
    await queryTable(db, table, "SELECT * FROM this_table");
    await countRows(db, table);
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a CSV", () => {
  it("is read with types, nothing and empty text told apart", async () => {
    expect(await look("a.csv", 'id,name,at,ok\n1,"",2024-01-02,true\n2,,2024-01-03,false\n')).toEqual({
      format: "csv",
      columns: ["id BIGINT", "name VARCHAR", "at DATE", "ok BOOLEAN"],
      rows: [
        [1, "", "2024-01-02", true],
        [2, null, "2024-01-03", false],
      ],
    });
  });

  it("may have quoted line ends, doubled quotes and quotes that first occur late", async () => {
    const { rows } = await look("q.csv", 'a,b\n1,"x\ny"\n2,"say ""hi"""\n');
    expect(rows).toEqual([
      [1, "x\ny"],
      [2, 'say "hi"'],
    ]);
    const late = await look("late-quote.csv", `a,b\n${"1,x\n".repeat(30_000)}2,"y\nz"\n`);
    expect(late.rows.length).toBe(30_001);
    expect(late.rows.at(-1)).toEqual([2, "y\nz"]);
  });

  it("may begin with a byte order mark, and be UTF-16", async () => {
    expect(await look("bom.csv", "\ufeffa,b\n1,2\n")).toMatchObject({ columns: ["a BIGINT", "b BIGINT"] });
    expect(await look("u16.csv", Buffer.from(LF16, "utf16le"))).toMatchObject({ rows: [[1, "ä"]] });
  });

  it("may be separated by tabs, semicolons or bars, and end lines with CR LF", async () => {
    for (const [name, delimiter] of [
      ["a.tsv", "\t"],
      ["tab.csv", "\t"],
      ["semi.csv", ";"],
      ["bar.csv", "|"],
    ] as const) {
      const text = ["a,x;b;c", "1,5;2;x y", ""].join("\r\n").replaceAll(";", delimiter);
      const columns = ["a,x VARCHAR", "b BIGINT", "c VARCHAR"];
      expect(await look(name, text)).toMatchObject({ columns, rows: [["1,5", 2, "x y"]] });
    }
  });

  it("may have names twice, no rows, or 2,000 columns", async () => {
    const { columns } = await look("dup.csv", "a,a,A,b\n1,2,3,4\n");
    expect(columns).toEqual(["a BIGINT", "a_1 BIGINT", "A_2 BIGINT", "b BIGINT"]);
    expect(await look("none.csv", "a,b\n")).toMatchObject({ columns: ["a VARCHAR", "b VARCHAR"], rows: [] });
    const names = Array.from({ length: 2_000 }, (_, i) => `c${i}`);
    const wide = await look("wide.csv", `${names.join()}\n${names.map((_, i) => i).join()}\n`);
    expect(wide.columns.length).toBe(2_000);
    expect(wide.rows[0]?.[1_999]).toBe(1_999);
  });

  it("may begin with comments and empty lines", async () => {
    const { columns, rows } = await look("head.csv", "# made by x, y\n\n#\na,b\n1,#2\n");
    expect([columns, rows]).toEqual([["a BIGINT", "b VARCHAR"], [[1, "#2"]]]);
  });

  it("keeps every digit", async () => {
    const { rows } = await look("big.csv", "id\n9007199254740993\n-9223372036854775808\n7\n");
    expect(rows.flat()).toEqual(["9007199254740993", "-9223372036854775808", 7]);
  });

  it("that is ragged says where, wherever that is", async () => {
    expect(await failure("rag.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n")).toBe(
      "Failed to read rag.csv, line 3: 2 fields, not 3.",
    );
    expect(await failure("late-rag.csv", `a,b\n${"1,2\n".repeat(50_000)}1\n`)).toBe(
      "Failed to read late-rag.csv, line 50002: 1 field, not 2.",
    );
  });

  it("whose values do not keep to a column's type says where", async () => {
    expect(await failure("mixed.csv", `a,b\n${"1,2\n".repeat(50_000)}x,3\n`)).toBe(
      `Failed to read mixed.csv, line 50002, column "a": Could not convert string "x" to 'BIGINT'.`,
    );
  });

  it("in another encoding says where", async () => {
    expect(await failure("latin.csv", Buffer.from("a,b\n1,x\n2,caf\xe9\n", "latin1"))).toMatch(
      /^Failed to read latin\.csv, line \d: not UTF-8 text/,
    );
  });

  it("whose quote never ends fails", async () => {
    expect(await failure("open.csv", 'a,b\n1,"x\n2,3\n4,5\n')).toMatch(/^Failed to read open\.csv, line \d/);
  });

  it("that is empty says so", async () => {
    expect(await failure("empty.csv", "")).toBe("empty.csv is empty.");
  });

  it("may have a cell of 50 MB", async () => {
    const db = await temp.db();
    const file = temp.write("cell.csv", `a,b\n1,${"x".repeat(50e6)}\n2,y\n`);
    const table = await openTable(db, file);
    const { rows } = await db.query(`SELECT a, length(b) FROM ${table.relation}`);
    expect(rows).toEqual([
      [1, 50_000_000],
      [2, 1],
    ]);
  });
});

describe("a JSONL", () => {
  it("has nested values, and nothing where a record lacks a field", async () => {
    expect(await look("a.jsonl", '{"a":1,"b":{"c":[1,2]}}\n{"a":9007199254740993}\n')).toEqual({
      format: "jsonl",
      columns: ["a BIGINT", "b STRUCT(c BIGINT[])"],
      rows: [
        [1, { c: [1, 2] }],
        ["9007199254740993", null],
      ],
    });
    expect(await look("noname", '{"a":1}\n')).toMatchObject({ format: "jsonl", rows: [[1]] });
  });

  it("that is malformed says where", async () => {
    expect(await failure("bad.jsonl", '{"a":1}\n{"a":\n{"a":2}\n')).toMatch(
      /^Failed to read bad\.jsonl, line \d+, byte \d+: malformed JSON/,
    );
  });
});
