import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLineDelta, encodeLineDelta } from "../../../src/core/data/lineDelta/index.ts";

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => [
    String(i),
    String((i * 7919) % 1009),
    `name_${(i * 31) % 500}`,
    `${(i * 104_729) % 1_000_003}`,
  ]);
const csv = (table: string[][], end = "\n") => Buffer.from(table.map((row) => row.join(",") + end).join(""));

/** A small alphabet, so that lines repeat and are much alike. */
const line = fc.string({ unit: fc.constantFrom("a", "b", ",", "1", "é", "\r", ""), maxLength: 12 });
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([lines, closed]) => Buffer.from(lines.join("\n") + (closed ? "\n" : "")));

interface Edit {
  at: number;
  remove: number;
  insert: string[];
}
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(60),
  remove: fc.nat(4),
  insert: fc.array(line, { maxLength: 3 }),
});

describe("a delta on lines", () => {
  it("makes the child again, whatever the two are", () => {
    fc.assert(
      fc.property(text, text, (parent, child) => {
        expect(decodeLineDelta(parent, encodeLineDelta(parent, child), "x").equals(child)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("makes the child of edits again, and is the same each time", () => {
    fc.assert(
      fc.property(text, fc.array(edit, { maxLength: 6 }), (parent, edits) => {
        const lines = parent.toString().split("\n");
        for (const { at, remove, insert } of edits)
          lines.splice(Math.min(at, lines.length), remove, ...insert);
        const child = Buffer.from(lines.join("\n"));
        const delta = encodeLineDelta(parent, child);
        expect(delta.equals(encodeLineDelta(parent, child))).toBe(true);
        expect(decodeLineDelta(parent, delta, "x").equals(child)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("takes bytes that are no text", () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(bytes, bytes, (parent, child) => {
        expect(decodeLineDelta(parent, encodeLineDelta(parent, child), "x").equals(child)).toBe(true);
      }),
    );
  });

  const table = rows(20_000);
  const random = (seed: number) => () =>
    (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const next = random(7);
  const chosen = new Set(Array.from({ length: 200 }, () => Math.floor(next() * table.length)));
  const shuffled = table.map((row) => ({ row, key: next() })).sort((a, b) => a.key - b.key);
  it.each([
    ["1 % of the rows, scattered", 0.2, table.map((row, i) => (chosen.has(i) ? row.with(1, "99999") : row))],
    [
      "every column of 1 % of the rows",
      1,
      table.map((row, i) => (chosen.has(i) ? row.map((cell) => `${cell}x`) : row)),
    ],
    ["1,000 rows taken out", 0.1, [...table.slice(0, 9000), ...table.slice(10_000)]],
    ["a new last column", 0.5, table.map((row, i) => [...row, String(i % 3)])],
    [
      "a new column in the middle, and rows taken out",
      1.5,
      table.filter((_, i) => i % 1000 !== 3).map((row, i) => row.toSpliced(2, 0, String(i % 3))),
    ],
    // The rows of this table are short: where each is now found costs a tenth of it.
    ["another order", 12, shuffled.map(({ row }) => row)],
  ])("stores of %s less than %d %", (_what, percent, changed) => {
    for (const end of ["\n", "\r\n"]) {
      const [parent, child] = [csv(table, end), csv(changed, end)];
      const delta = encodeLineDelta(parent, child);
      expect(decodeLineDelta(parent, delta, "x").equals(child)).toBe(true);
      expect((delta.length / child.length) * 100).toBeLessThan(percent);
    }
  });

  it("that is damaged, cut or of another parent is told, never believed to be longer than it is", () => {
    const parent = csv(rows(200));
    const delta = encodeLineDelta(
      parent,
      csv(rows(220).map((row, i) => (i % 9 === 0 ? row.with(1, "new") : row))),
    );
    const child = decodeLineDelta(parent, delta, "x");
    const tried = (damaged: Buffer) => {
      try {
        return decodeLineDelta(parent, damaged, "ab/cd").length;
      } catch (error) {
        expect(error).toMatchObject({ code: "corrupt", message: expect.stringContaining("ab/cd") as string });
        return 0;
      }
    };
    for (let cut = 0; cut < delta.length; cut++) expect(tried(delta.subarray(0, cut))).toBe(0);
    expect(() => decodeLineDelta(parent.subarray(1), delta, "x")).toThrow("another parent");
    fc.assert(
      fc.property(fc.nat(delta.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(delta);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(tried(damaged)).toBeLessThanOrEqual(Math.max(child.length, 2 ** 20));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        tried(Buffer.concat([Buffer.from("CLD1"), noise]));
      }),
      { numRuns: 500 },
    );
  });
});
