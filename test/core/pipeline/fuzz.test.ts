import fc from "fast-check";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { collect } from "../../../src/core/pipeline/collect.ts";
import { buildGraph } from "../../../src/core/pipeline/graph.ts";
import { type LockedStage, readLock, writeLock } from "../../../src/core/pipeline/format/lock.ts";
import { parseParams } from "../../../src/core/pipeline/format/readParams.ts";
import { readYaml } from "../../../src/core/pipeline/format/readYaml.ts";
import {
  Float,
  isSame,
  pythonFloat,
  type Scalar,
  type Value,
} from "../../../src/core/pipeline/format/values.ts";
import { CairnError } from "../../../src/shared/errors.ts";

const RUNS = process.env.CAIRN_LONG ? 20_000 : 1000;
const style = { bool: "store_true", list: "nargs" } as const;

const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  fc.double({ noNaN: true }).map((value) => new Float(value)),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "1",
    "1.0",
    "1e5",
    "true",
    "null",
    "~",
    "",
    " x ",
    "- a",
    "a: b",
    "#c",
    "2021-01-01",
    "0x1F",
    "1_0",
    "=",
    "<<",
    "\n",
    "a\nb",
    "'",
    '"',
    "@x",
    "%y",
    "`",
  ),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.string(), tie("value")), { maxLength: 4 })
      .map((pairs) => new Map<Scalar, Value>(pairs)),
  ),
}));
const text = fc.string({ unit: "grapheme", minLength: 1 });
const name = fc.stringMatching(/^[a-z0-9@_.-]{1,12}$/);
const locked = fc.record({
  path: text,
  md5: fc.stringMatching(/^[0-9a-f]{32}(\.dir)?$/),
  isLegacy: fc.boolean(),
  size: fc.nat(),
  files: fc.option(fc.nat()),
  isExecutable: fc.boolean(),
});

test("a lock reads back as what was written, beside what was there", () => {
  fc.assert(
    fc.property(
      fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
      fc.array(locked, { maxLength: 3 }),
      fc.array(fc.tuple(name, fc.array(fc.tuple(name, value), { maxLength: 3 })), { maxLength: 3 }),
      name,
      (command, outs, params, stage) => {
        const given: LockedStage = {
          ...{ command, deps: [], outs },
          params: new Map(params.map(([file, values]) => [file, new Map(values)])),
        };
        const other: LockedStage = {
          command: "x",
          deps: [],
          outs: [],
          params: new Map<string, Map<string, Value>>(),
        };
        const written = writeLock(writeLock(undefined, "other*", other), stage, given);
        const { stages, problems } = readLock("dvc.lock", written);
        expect(problems, written).toEqual([]);
        const back = stages.get(stage);
        expect(back?.command, written).toEqual(command);
        const sorted = (all: LockedStage["outs"]) => all.map((each) => JSON.stringify(each)).sort();
        expect(sorted(back?.outs ?? [])).toEqual(sorted(outs));
        for (const [file, values] of given.params)
          for (const [key, each] of values)
            expect(isSame(back?.params.get(file)?.get(key) ?? null, each), written).toBe(true);
        expect(stages.get("other*")?.command).toBe("x");
        expect(writeLock(written, stage, given)).toBe(written);
      },
    ),
    { numRuns: RUNS },
  );
});

test("broken files give problems, and never throw", async () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "cairn-fuzz-")));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  mkdirSync(path.join(root, ".dvc"));
  writeFileSync(path.join(root, "params.yaml"), "a: {b: [1, 2.0, x]}\n");
  const sample =
    "vars: [{v: &x {k: 1}}]\nstages:\n  s:\n    foreach: ['${a.b}', 1]\n    do: {cmd: 'e ${item} ${v}', outs: [{o: {cache: false}}], params: [a.b, p.json: ]}\n  m:\n    matrix: {q: [1, 2], r: '${a.b}'}\n    cmd: [x, '${item.q}']\n    deps: [d, ../e]\n    outs: ['o${key}']\n";
  const lock =
    "schema: '2.0'\nstages:\n  s@1:\n    cmd: e 1\n    deps:\n    - path: d\n      hash: md5\n      md5: d41d8cd98f00b204e9800998ecf8427e\n      size: 0\n    params:\n      params.yaml: {a.b: [1]}\n";
  const cut = (whole: string) =>
    fc
      .array(
        fc.tuple(
          fc.nat(whole.length),
          fc.nat(12),
          fc.oneof(
            fc.string({ maxLength: 6 }),
            fc.constantFrom("${", "}", "*x", "&x", "<<: *x", "[", "{", "\t", ": ", "- ", "null", "${a[0]}"),
          ),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((edits) =>
        edits.reduce((all, [at, length, put]) => all.slice(0, at) + put + all.slice(at + length), whole),
      );
  await fc.assert(
    fc.asyncProperty(cut(sample), cut(lock), async (yaml, locks) => {
      writeFileSync(path.join(root, "dvc.yaml"), yaml);
      writeFileSync(path.join(root, "dvc.lock"), locks);
      const { stages, problems } = await collect(root, { ignoreRoot: root, style });
      for (const problem of problems) expect(problem).toMatch(/^[\w./]+:\d+:\d+: \S/);
      const graph = buildGraph(root, stages, []);
      expect(new Set(graph.stages.keys()).size).toBe(graph.stages.size);
    }),
    { numRuns: RUNS },
  );
});

test("parameters of any form are read or refused", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "grapheme" }), fc.json()),
      fc.constantFrom("p.yaml", "p.json", "p.toml"),
      (content, file) => {
        try {
          parseParams(file, content);
        } catch (error) {
          expect(error).toBeInstanceOf(CairnError);
        }
      },
    ),
    { numRuns: RUNS },
  );
});

test("aliases that grow without end, and depth, are refused", () => {
  const bomb = Array.from(
    { length: 30 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? "x"
          : Array(10)
              .fill(`*a${i - 1}`)
              .join(", ")
      }]`,
  );
  expect(readYaml("b.yaml", bomb.join("\n")).problems).toHaveLength(1);
  expect(readYaml("d.yaml", "[".repeat(3000) + "]".repeat(3000)).problems.length).toBeGreaterThan(0);
});

test("numbers are written as Python writes them", () => {
  const given = {
    "0.1": 0.1,
    "1.0": 1,
    "1e-05": 1e-5,
    "0.0001": 1e-4,
    "0.00012345": 0.00012345,
    "1e+16": 1e16,
    "1234567890123456.0": 1234567890123456,
    "1.5e-07": 1.5e-7,
    "-2.5e+20": -2.5e20,
    inf: Infinity,
  };
  for (const [expected, number] of Object.entries(given)) expect(pythonFloat(number)).toBe(expected);
});
