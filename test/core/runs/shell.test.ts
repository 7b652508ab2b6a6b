import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { displayCommand, fillTemplate, placeholders, shellCommand } from "../../../src/core/runs/shell.js";

function runShell(line: string): string {
  const [file = "", ...args] = shellCommand(line, "posix").argv;
  return execFileSync(file, args, { encoding: "utf8" });
}

const runs = Math.min(60, Number(process.env.CAIRN_FUZZ ?? 60));
const value = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', "$(id)", "`id`", "\\", "$HOME", "\n", ";", "&", "{x}", "}}", "*", "é", " "),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    ),
  )
  .map((parts) =>
    parts
      .join("")
      .replaceAll("\0", "")
      .replace(/[\ud800-\udfff]/g, ""),
  );

describe("a value in a command template", () => {
  test.each([
    "printf %s {x}",
    "printf %s '{x}'",
    'printf %s "{x}"',
    `printf %s a{x}b`,
    `printf %s "a'{x}'b"`,
  ])("is one literal argument in %j, whatever it holds", (template) => {
    fc.assert(
      fc.property(value, (text) => {
        const expected = template.includes("a{x}b")
          ? `a${text}b`
          : template.includes("a'")
            ? `a'${text}'b`
            : text;
        expect(runShell(fillTemplate(template, () => text, "posix"))).toBe(expected);
      }),
      { numRuns: runs },
    );
  });

  test("is not looked for in the shell's own braces, doubled braces or other text", () => {
    expect(placeholders("a ${HOME} {{x}} {y} { z } {1} {lr-2}")).toEqual(["y", "lr-2"]);
    expect(fillTemplate("${A} {{x}} {y}", () => "v", "posix")).toBe("${A} {x} v");
    expect(fillTemplate(String.raw`\" {y}`, () => "a b", "posix")).toBe(String.raw`\" 'a b'`);
  });

  test("that cmd.exe would interpret is refused on Windows", () => {
    expect(fillTemplate("x {y}", () => "a b", "windows")).toBe('x "a b"');
    for (const bad of ['"', "%PATH%", "!x!", "a\nb"]) {
      expect(() => fillTemplate("x {y}", () => bad, "windows")).toThrow(/cmd\.exe/);
    }
  });
});

test("a displayed command is what a shell would read back", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (argv) => {
      expect(runShell(`printf '%s\\037' ${displayCommand(argv)}`)).toBe(
        argv.map((part) => `${part}\u001f`).join(""),
      );
    }),
    { numRuns: runs },
  );
});
