import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  decodeCells,
  decodeTable,
  dialectOf,
  encodeCells,
  encodeTable,
} from "../../../src/core/data/columns/index.ts";
import { decodeColumn, encodeColumn } from "../../../src/core/data/columns/column.ts";
import { readDecimal, writeDecimal } from "../../../src/core/data/columns/numbers.ts";
import { Values } from "../../../src/core/data/columns/values.ts";
import { randomFrom } from "./tempData.ts";

vi.setConfig({ testTimeout: 300_000 });
const numRuns = process.env.CAIRN_LONG ? 10_000 : 500;

const cell = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom(
    "",
    "0",
    "-0",
    "00",
    "1e5",
    "-0.0",
    "1.50",
    ".5",
    "5.",
    "+1",
    "NaN",
    "é",
    '"a ""b"""',
    '"x,\ny"',
    '"',
  ),
  fc.string({ maxLength: 6 }),
);
const text = fc
  .record({
    rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 30 }),
    separator: fc.constantFrom(",", "\t", ";", "|", " "),
    end: fc.constantFrom("\n", "\r\n", "\n\n"),
    last: fc.constantFrom("", "\n", "\r", "x"),
  })
  .map(({ rows, separator, end, last }) =>
    Buffer.from(rows.map((row) => row.join(separator)).join(end) + last),
  );
const jsonLines = fc
  .array(
    fc.oneof(
      fc
        .dictionary(fc.constantFrom("a", "b", "c d", '"', "é"), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
        .map((each) => JSON.stringify(each)),
      fc.constantFrom(
        '{ "a" : 1 , "b":[1, {"c": "}"}] }',
        '{"a":1,"a":2}',
        '{"a":',
        "{}",
        "",
        "null",
        '{"a":"\\""}\r',
      ),
    ),
    { maxLength: 30 },
  )
  .map((lines) => Buffer.from(lines.join("\n")));

function valuesOf(texts: readonly string[]): Values {
  const values = new Values(Buffer.from(texts.join("")));
  let at = 0;
  for (const each of texts) {
    const end = at + Buffer.byteLength(each);
    values.add(at, end);
    at = end;
  }
  return values;
}

const textsOf = ({ bytes, starts, ends, count }: Values): string[] =>
  Array.from({ length: count }, (_, i) => bytes.toString("utf8", starts[i], ends[i]));

describe("a table by its columns", () => {
  it("is put together again byte for byte, whatever it was and whatever it was taken for", () => {
    fc.assert(
      fc.property(text, fc.constantFrom(44, 9, 59), fc.boolean(), (content, separator, quoted) => {
        const made = encodeTable(content, { kind: "delimited", separator, quoted });
        expect(decodeTable(made, content.length).equals(content)).toBe(true);
        const other = encodeTable(content, { kind: "json" });
        expect(decodeTable(other, content.length).equals(content)).toBe(true);
      }),
      { numRuns },
    );
    fc.assert(
      fc.property(jsonLines, (content) => {
        expect(decodeTable(encodeTable(content, { kind: "json" }), content.length).equals(content)).toBe(
          true,
        );
      }),
      { numRuns },
    );
  });

  it("that is damaged or cut is told, or is another; it is never longer than it may be", () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${i},${(i * 7919) % 1009},name_${i % 7},"a, ${i % 5}"\r\n`,
    );
    const stored = encodeTable(Buffer.from(rows.join("")), {
      kind: "delimited",
      separator: 44,
      quoted: true,
    });
    fc.assert(
      fc.property(
        fc.nat(stored.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(40),
        (at, change, cut) => {
          const damaged = Buffer.from(stored.subarray(0, stored.length - cut));
          if (at < damaged.length) damaged[at] = (damaged[at] ?? 0) ^ change;
          try {
            expect(decodeTable(damaged, 10_000).length).toBeLessThanOrEqual(10_000);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns },
    );
  });

  it.each([
    ["a,b\n1,2\n3,4\n5,6\n", { kind: "delimited", separator: 44, quoted: false }],
    ["a\tb\r\n1\t2\r\n3\t4\r\n5\t6\r\n", { kind: "delimited", separator: 9, quoted: false }],
    ['a|b\n"1|\n2"|2\n3|4\n5|6\n', { kind: "delimited", separator: 124, quoted: true }],
    ['{"a": 1}\n{"a": 2}\n', { kind: "json" }],
    ["nothing\nat\nall\n", undefined],
    ["\0,\n\0,\n\0,\n\0,\n", undefined],
    ["", undefined],
  ])("is recognised by its content: %j", (content, dialect) => {
    expect(dialectOf(Buffer.from(content))).toEqual(dialect);
  });

  it("needs much less than what zstd makes of it", () => {
    const next = randomFrom(1);
    const rows = Array.from({ length: 20_000 }, (_, i) => {
      const number = Math.floor(next() * 1e5);
      return `${i},${number},${(number / 1000).toFixed(3)},name_${number % 500},"cat, ${number % 17}"\r\n`;
    });
    const content = Buffer.from(`id,a,b,d,e\r\n${rows.join("")}`);
    const dialect = dialectOf(content.subarray(0, 65_536));
    if (!dialect) throw new Error("it is a table");
    const made = encodeTable(content, dialect);
    expect(decodeTable(made, content.length).equals(content)).toBe(true);
    expect(made.length).toBeLessThan(zstdCompressSync(content).length * 0.65);
  });
});

describe("a table against an older one", () => {
  const next = randomFrom(2);
  const rows = Array.from({ length: 20_000 }, (_, i) => [
    String(i),
    String(Math.floor(next() * 1e6)),
    `"name, ${Math.floor(next() * 500)}"`,
    (next() * 1000).toFixed(3),
    next().toString(36).slice(2),
  ]);
  const header = ["id", "a", "name", "b", "text"];
  const csv = (names: string[], table: string[][]) =>
    Buffer.from([names, ...table].map((row) => `${row.join(",")}\r\n`).join(""));
  const jsonl = (names: string[], table: string[][]) =>
    Buffer.from(
      table
        .map((row) => `${JSON.stringify(Object.fromEntries(row.map((each, i) => [names[i], each])))}\n`)
        .join(""),
    );
  const random = randomFrom(3);
  const order = rows.map((row) => ({ row, key: random() })).sort((a, b) => a.key - b.key);
  const numbers = rows.map(() => String(Math.floor(random() * 1000)));
  it.each([
    [
      "a cell of every fiftieth row",
      0.3,
      header,
      rows.map((row, i) => (i % 50 === 3 ? row.with(3, "7.5") : row)),
    ],
    [
      "every column of 1 % of the rows",
      1,
      header,
      rows.map((row, i) => (i % 100 === 3 ? row.map((each) => `${each}1`) : row)),
    ],
    ["1,000 rows removed", 0.1, header, rows.toSpliced(9000, 1000)],
    // 1,000 different numbers at random: ten bits each.
    [
      "a new column in the middle",
      3.5,
      header.toSpliced(2, 0, "new"),
      rows.map((row, i) => row.toSpliced(2, 0, numbers[i] ?? "")),
    ],
    [
      "two columns exchanged",
      0.1,
      header.with(1, "b").with(3, "a"),
      rows.map((row) => row.with(1, row[3] ?? "").with(3, row[1] ?? "")),
    ],
    ["a column with new numbers", 3.5, header, rows.map((row, i) => row.with(1, numbers[i] ?? ""))],
    ["a column gone", 0.1, header.toSpliced(1, 1), rows.map((row) => row.toSpliced(1, 1))],
    ["another order", 6, header, order.map(({ row }) => row)],
    [
      "another order, and a column more",
      9,
      [...header, "new"],
      order.map(({ row }, i) => [...row, numbers[i] ?? ""]),
    ],
  ])("costs of %s less than %d %%", (_what, percent, names, table) => {
    const texts = [
      {
        parent: csv(header, rows),
        child: csv(names, table),
        dialect: { kind: "delimited", separator: 44, quoted: true },
      },
      { parent: jsonl(header, rows), child: jsonl(names, table), dialect: { kind: "json" } },
    ] as const;
    for (const { parent, child, dialect } of texts) {
      const delta = encodeCells(parent, dialect, child, dialect);
      expect(decodeCells(parent, delta, child.length).equals(child)).toBe(true);
      expect((delta.length / child.length) * 100).toBeLessThan(percent);
    }
  });

  it("finds a column that was renamed in a header", () => {
    const dialect = { kind: "delimited", separator: 44, quoted: true } as const;
    const [parent, child] = [csv(header, rows), csv(header.with(4, "renamed"), rows)];
    const delta = encodeCells(parent, dialect, child, dialect);
    expect(decodeCells(parent, delta, child.length).equals(child)).toBe(true);
    expect(delta.length).toBeLessThan(1000);
  });

  it("comes out as it was, whatever the two are", () => {
    const dialect = { kind: "delimited", separator: 44, quoted: true } as const;
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom(dialect, { ...dialect, quoted: false }),
        (parent, child, how) => {
          expect(
            decodeCells(parent, encodeCells(parent, how, child, dialect), child.length).equals(child),
          ).toBe(true);
        },
      ),
      { numRuns },
    );
    fc.assert(
      fc.property(jsonLines, jsonLines, (parent, child) => {
        const delta = encodeCells(parent, { kind: "json" }, child, { kind: "json" });
        expect(decodeCells(parent, delta, child.length).equals(child)).toBe(true);
      }),
      { numRuns },
    );
  });

  it("is told where the delta is damaged, or the parent is another", () => {
    const dialect = { kind: "delimited", separator: 44, quoted: true } as const;
    const [parent, child] = [csv(header, rows.slice(0, 200)), csv(header, rows.slice(100, 300))];
    const delta = encodeCells(parent, dialect, child, dialect);
    expect(() => decodeCells(parent.subarray(1), delta, child.length)).toThrow("another parent");
    fc.assert(
      fc.property(
        fc.nat(delta.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(40),
        (at, change, cut) => {
          const damaged = Buffer.from(delta.subarray(0, delta.length - cut));
          if (at < damaged.length) damaged[at] = (damaged[at] ?? 0) ^ change;
          try {
            expect(decodeCells(parent, damaged, child.length).length).toBeLessThanOrEqual(child.length);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns },
    );
  });
});

describe("a column", () => {
  it("gives back its values", () => {
    const column = fc.oneof(
      fc.array(cell, { maxLength: 60 }),
      fc.array(fc.integer({ min: -2000, max: 2000 }).map(String), { maxLength: 60 }),
      fc.array(
        fc.integer({ min: -99_999, max: 99_999 }).map((n) => (n / 1000).toFixed(3)),
        { maxLength: 60 },
      ),
      fc.array(
        fc.integer({ min: -99_999, max: 99_999 }).map((n) => String(n / 1000)),
        { maxLength: 60 },
      ),
      fc.array(fc.constantFrom("a", "bb", "c"), { maxLength: 60 }),
      fc.array(
        fc.constantFrom("9007199254740993", "999999999999999", "-999999999999999", "0.000000000000001"),
        { maxLength: 9 },
      ),
    );
    fc.assert(
      fc.property(column, (texts) => {
        const values = valuesOf(texts);
        expect(textsOf(decodeColumn(encodeColumn(values), values.bytes.length + texts.length))).toEqual(
          texts,
        );
      }),
      { numRuns },
    );
  });

  it("holds as numbers only what is written again as it was", () => {
    fc.assert(
      fc.property(cell, (given) => {
        const bytes = Buffer.from(given);
        const decimal = { digits: 0, decimals: 0 };
        if (!readDecimal(bytes, 0, bytes.length, decimal)) return;
        const out = Buffer.alloc(32);
        expect(out.toString("utf8", 0, writeDecimal(out, 0, decimal.digits, decimal.decimals))).toBe(given);
      }),
      { numRuns: numRuns * 4 },
    );
  });
});
