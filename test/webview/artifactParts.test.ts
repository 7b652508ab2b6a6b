import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kindOf, looksLikeText } from "../../webview/run/artifacts/kinds.ts";
import { delimiterOf, parseDelimited } from "../../webview/run/artifacts/parseDelimited.ts";
import { stepsOf } from "../../webview/run/artifacts/stepImages.ts";

describe("stepsOf", () => {
  const steps = (path: string, ...files: string[]) => stepsOf(path, files).map((image) => image.step);

  it("reads the number at the end of a name, and keeps series apart", () => {
    expect(steps("a/10.png", "a/9.png", "a/10.png", "a/100.png")).toEqual([9, 10, 100]);
    expect(steps("a/x_2.png", "a/x_1.png", "a/x_2.png", "a/y_3.png", "a/x_4.jpg", "b/x_5.png")).toEqual([
      1, 2,
    ]);
    expect(steps("a/x.png", "a/x.png", "a/y.png")).toEqual([]);
    expect(steps("a/1.png", "a/1.png")).toEqual([]);
  });

  it.each(["+", "%"])(
    "reads MLflow's names with %s, the small copies apart from the whole pictures",
    (mark) => {
      const name = (key: string, step: number, time: number, end = "") =>
        `images/${[key, "step", step, "timestamp", time, "0f8fad5b-d9cb-469f-a165-70867728950e"].join(mark)}${end}.png`;
      const files = [
        name("a", 2, 9),
        name("a", 1, 5),
        name("a", 1, 3),
        name("b", 7, 1),
        name("a", 1, 3, `${mark}compressed`),
      ];
      expect(stepsOf(name("a", 2, 9), files).map(({ path }) => path)).toEqual([
        name("a", 1, 3),
        name("a", 1, 5),
        name("a", 2, 9),
      ]);
    },
  );
});

describe("parseDelimited", () => {
  const cell = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "1", '"', ",", "\n", "\r", " ", "é") });

  it("reads what was written by the rules, whatever the cells hold", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        (width, all) => {
          const records = all.map((record) => record.slice(0, width));
          const text = records
            .map((record) => record.map((value) => `"${value.replaceAll('"', '""')}"`).join(","))
            .join("\r\n");
          expect(parseDelimited(text, ",", true)).toEqual({
            header: records[0],
            rows: records.slice(1),
            cut: false,
          });
        },
      ),
    );
  });

  it("ends, whatever the text is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "x", ";") }),
        fc.boolean(),
        (text, whole) => {
          const { rows } = parseDelimited(text, ",", whole);
          expect(rows.length).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it("leaves out a row that may be cut off, and what is too much to show", () => {
    expect(parseDelimited("a,b\n1,2\n3,", ",", false)).toEqual({
      header: ["a", "b"],
      rows: [["1", "2"]],
      cut: true,
    });
    expect(parseDelimited("a,b\n1,2\n3,", ",", true).rows).toEqual([
      ["1", "2"],
      ["3", ""],
    ]);
    const long = parseDelimited(`n\n${"1\n".repeat(5000)}`, ",", true);
    expect([long.rows.length, long.cut]).toEqual([2000, true]);
    const wide = parseDelimited(`${"x,".repeat(600)}\n`, ",", true);
    expect([wide.header.length, wide.cut]).toEqual([500, true]);
  });

  it("takes the delimiter that the first line has most of", () => {
    expect(delimiterOf("a.csv", "a;b;c,d\n")).toBe(";");
    expect(delimiterOf("a.csv", "plain\n")).toBe(",");
    expect(delimiterOf("a.TSV", "a,b\n")).toBe("\t");
  });
});

describe("kinds", () => {
  it("are known by the name, without being led astray by it", () => {
    expect(kindOf("a/b.PNG")?.kind).toBe("image");
    expect(kindOf("a.png/b")).toBeUndefined();
    expect(kindOf("constructor")).toBeUndefined();
    expect(kindOf("x.__proto__")).toBeUndefined();
  });

  it("tell text from bytes", () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(looksLikeText(bytes("plain\tand é\r\n"))).toBe(true);
    expect(looksLikeText(bytes("cut 😀").slice(0, -2))).toBe(true);
    expect(looksLikeText(Uint8Array.of(65, 0, 66))).toBe(false);
    expect(looksLikeText(Uint8Array.of(0xff, 0xfe, 65))).toBe(false);
  });
});
