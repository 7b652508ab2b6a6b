import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDotEnv } from "../../src/shared/dotEnv.ts";
import { exportLines } from "../../src/shared/exportLines.ts";
import { pythonOf } from "../peers/env.ts";
import { findFish } from "./findFish.ts";

const value = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."'\"\\$`%!&|;<>() #=\n\t*~{}"),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
});

test("a POSIX shell reads any value back as it was", () => {
  fc.assert(
    fc.property(
      fc.array(
        value.filter((text) => !text.includes("\0")),
        { minLength: 1, maxLength: 20 },
      ),
      (values) => {
        const named = Object.fromEntries(values.map((each, i) => [`CAIRN_T${i}`, each]));
        const print = Object.keys(named).map((name) => `printf '%s\\0' "$${name}"`);
        const script = [...exportLines(named, "sh"), ...print].join("\n");
        const { stdout } = spawnSync("/bin/sh", ["-c", script], { encoding: "utf8" });
        expect(stdout.split("\0").slice(0, -1)).toEqual(values);
      },
    ),
    { numRuns: 50 },
  );
});

test.skipIf(!findFish())(
  "fish reads any value back as it was",
  () => {
    fc.assert(
      fc.property(
        fc.array(
          value.filter((text) => !text.includes("\0")),
          { minLength: 1, maxLength: 20 },
        ),
        (values) => {
          const named = Object.fromEntries(values.map((each, i) => [`CAIRN_T${i}`, each]));
          const print = Object.keys(named).map((name) => `printf '%s\\0' "$${name}"`);
          // As `cairn env --shell fish | source` has it: fish reads pipes, but not the sockets that Node hands out.
          const input = [...exportLines(named, "fish"), ...print].join("\n");
          const { stdout } = spawnSync("fish", ["--no-config", "-c", "cat | source"], {
            encoding: "utf8",
            input,
          });
          expect(stdout.split("\0").slice(0, -1)).toEqual(values);
        },
      ),
      { numRuns: 50 },
    );
  },
  60_000,
);

test("PowerShell is given each value in one line, with its own quotes doubled", () => {
  const lines = (text: string) => exportLines({ A: text }, "powershell");
  expect(lines('a`n$b "c" %d%')).toEqual(["$env:A = 'a`n$b \"c\" %d%'"]);
  expect(lines("it\u2019s 'so'")).toEqual(["$env:A = 'it\u2019\u2019s ''so'''"]);
  expect(lines("a\r\n'b")).toEqual(["$env:A = 'a' + [char]13 + '' + [char]10 + '''b'"]);
});

test("cmd is given nothing that it would run", () => {
  const lines = (text: string) => exportLines({ A: text }, "cmd");
  expect(lines("a&b|c ^d")).toEqual(['set "A=a&b|c ^d"']);
  expect(lines('x" & calc & "y^z')).toEqual(['set "A=x" ^& calc ^& "y^z"']);
  expect(lines("100% %PATH%")).toEqual(['set "A=100%% %%PATH%%"']);
  expect(lines("a\ncalc")).toEqual(["rem A is not set: its value has more than one line."]);
});

test("the other shells' own quotes are escaped", () => {
  const environment = { A: String.raw`it's 50% \ of $x` };
  expect(exportLines(environment, "fish")).toEqual([String.raw`set -gx A 'it\'s 50% \\ of $x'`]);
  expect(exportLines(environment, "powershell")).toEqual([String.raw`$env:A = 'it''s 50% \ of $x'`]);
  expect(exportLines(environment, "cmd")).toEqual([String.raw`set "A=it's 50%% \ of $x"`]);
});

test(".env files are read as python-dotenv reads them", async () => {
  const lines = [
    "PLAIN=http://localhost:5000",
    "export SPACED = value with spaces  # comment",
    "HASH=a#b",
    "EMPTY=",
    "SINGLE='a \"b\" # c $d'",
    "DOUBLE=\"a 'b' # c\"",
    "# MLFLOW_TRACKING_URI=commented",
    "  INDENTED=1",
    "TRAILING=x   ",
    "URL=http://u:p@h/?a=b&c=d",
    'LINES="a\\nb"',
    "LAST=1",
    "LAST=2",
    "COMMENT_ONLY= # nothing",
  ];
  const python = await pythonOf("tracking");
  const code =
    "import json,sys,io,dotenv;print(json.dumps(dotenv.dotenv_values(stream=io.StringIO(sys.stdin.read()),interpolate=False)))";
  const peer = spawnSync(python, ["-c", code], { input: lines.join("\n"), encoding: "utf8" });
  expect(peer.status, peer.stderr).toBe(0);
  expect({ ...parseDotEnv(lines.join("\r\n")) }).toEqual(JSON.parse(peer.stdout));
});

test("any text is read as a .env file", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."AB_=\"'\\ #\n\r\t$exportMLFLOW") }), (text) => {
      for (const [name, each] of Object.entries(parseDotEnv(text))) {
        expect(name).toMatch(/^[A-Za-z_][\w.-]*$/);
        expect(text.includes(name)).toBe(true);
        expect(typeof each).toBe("string");
      }
    }),
    { numRuns: 2000 },
  );
  expect(parseDotEnv("__proto__=1").__proto__).toBe("1");
});
