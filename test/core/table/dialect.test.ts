import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectDialect, readRecord } from "../../../src/core/table/dialect.ts";

const cell = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "1", '"', ",", "\n", "\r", " ", "é") });

function dialectOf(text: string) {
  const head = Buffer.from(text);
  return detectDialect(
    { file: "a.csv", name: "a.csv", size: head.length, stamp: "", head, tail: head.subarray(-8) },
    "csv",
  );
}

function readAll(text: string): string[][] {
  const records: string[][] = [];
  for (let at = 0; at < text.length;) {
    const { fields, next } = readRecord(text, at, ",");
    expect(next).toBeGreaterThan(at);
    records.push(fields.map(({ value }) => value));
    at = next;
  }
  return records;
}

describe("a record", () => {
  it("is read as it was written by the rules, whatever the cells hold", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        (width, all) => {
          const records = all.map((record) => record.slice(0, width));
          const text = records
            .map((record) => record.map((value) => `"${value.replaceAll('"', '""')}"`).join(","))
            .join("\r\n");
          expect(readAll(text)).toEqual(records);
        },
      ),
    );
  });

  it("ends, whatever the text is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "x", ";") }), (text) => {
        expect(readAll(text).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe("a delimiter", () => {
  it.each([
    ["a;b;c,d\n1;2;3,4\n", ";"],
    ["plain\nwords, and more\n", ","],
    ["a,b\n1,2\n3\n4,5,6\n", ","],
    ["a|b\n1|2\n", "|"],
    ["a\tb,c\td\n1\t2\t3\n", "\t"],
    ['id,text\n1,"a;b;c;d"\n2,"e;f;g;h"\n', ","],
  ])("of %j is %j", (text, delimiter) => {
    expect(dialectOf(text).delimiter).toBe(delimiter);
  });
});
