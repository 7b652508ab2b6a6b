import fc from "fast-check";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseYaml } from "../../../src/core/config/parseYaml.js";
import { ProjectConfig } from "../../../src/core/config/schema.js";
import { root } from "../../host/paths.ts";

const sample = readFileSync(path.join(root, "media", "sample", "cairn.yaml"), "utf8");
const runs = Number(process.env.CAIRN_FUZZ ?? 500);

/** Whatever the text: a value or problems, each with a place that is in the text. */
function check(text: string): void {
  const { value, problems } = parseYaml("f", text, ProjectConfig);
  expect(value === undefined).toBe(problems.length > 0);
  const lines = text.split(/\r\n|\n|\r/).length;
  for (const problem of problems) {
    const [, line, column] = /^f:(\d+):(\d+): \S/.exec(problem) ?? [];
    expect(Number(line)).toBeGreaterThanOrEqual(1);
    expect(Number(line)).toBeLessThanOrEqual(lines + 1);
    expect(Number(column)).toBeGreaterThanOrEqual(1);
  }
}

test("any text gives a value or problems with places", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), check), { numRuns: runs });
});

test("the sample's file, cut and with pieces swapped for others, gives a value or problems", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "&a ",
    "*a",
    "<<: ",
    "!!js ",
    "|\n",
    "\t",
    "'",
    '"',
    "\0",
    "---\n",
    "%YAML 9\n",
  );
  const edits = fc.array(fc.tuple(fc.nat(sample.length), fc.nat(20), pieces), { minLength: 1, maxLength: 6 });
  const edited = fc.tuple(edits, fc.nat(sample.length)).map(([list, end]) => {
    let text = sample;
    for (const [at, length, piece] of list) text = text.slice(0, at) + piece + text.slice(at + length);
    return text.slice(0, Math.max(1, end));
  });
  fc.assert(fc.property(edited, check), { numRuns: runs });
});

test("any JSON value is YAML and is judged by the schema alone", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => check(JSON.stringify({ entries: value }))),
    { numRuns: runs },
  );
});
