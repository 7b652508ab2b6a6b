import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/core/config/index.js";
import { root } from "../../host/paths.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

async function problemsOf(text: string): Promise<string[]> {
  return (await loadConfig(temporaryFolder({ "cairn.yaml": text }))).problems;
}

describe("cairn.yaml", () => {
  test("that is not there is no problem", async () => {
    const config = await loadConfig(temporaryFolder());
    expect(config).toMatchObject({ entries: [], problems: [], redact: [] });
  });

  test.each(["", "# only a remark\n", "\uFEFF", "entries:\n"])(
    "empty in a way (%j) has no entries",
    async (text) => {
      const { entries } = await loadConfig(temporaryFolder({ "cairn.yaml": text }));
      expect(entries).toEqual([]);
    },
  );

  test("of the sample project is accepted whole", async () => {
    const config = await loadConfig(path.join(root, "media", "sample"));
    expect(config.problems).toEqual([]);
    expect(config.entries.map(({ name }) => name)).toEqual(["train"]);
    expect(config.entries[0]?.params).toEqual({ lr: "0.05", epochs: "8", hidden: "256,128", seed: "1" });
  });

  test("gives an entry with its parameters as text", async () => {
    const text =
      "entries:\n  train:\n    command: python t.py {lr} {deep} {seed}\n    params: {lr: 1e-3, deep: true, seed: null}\n";
    const { entries, problems } = await loadConfig(temporaryFolder({ "cairn.yaml": text }));
    expect(problems).toEqual([]);
    expect(entries).toEqual([
      {
        name: "train",
        command: "python t.py {lr} {deep} {seed}",
        source: "cairn.yaml",
        params: { lr: "0.001", deep: "true", seed: null },
        types: {},
        extraParams: "refuse",
        data: [],
      },
    ]);
  });

  test.each([
    ["entries: [1]\n", ["cairn.yaml:1:10: entries: must be a mapping."]],
    ["[a, b]\n", ["cairn.yaml:1:1: the file: must be a mapping."]],
    [
      "entries:\n  train: {comand: x}\n",
      ["cairn.yaml:2:11: ", 'cairn.yaml:2:11: "comand" is not known in entries.train.'],
    ],
    ["entries:\n  train: {command: x}\nentrys: {}\n", ['cairn.yaml:3:1: "entrys" is not known.']],
    [
      "entries:\n  train:\n    command: x\n    data: data.csv\n",
      ["cairn.yaml:4:11: entries.train.data: must be a list."],
    ],
    ["entries:\n  a b: {command: x}\n", ['cairn.yaml:2:3: "a b" is not a name']],
    ["entries:\n  a: {command: x}\n  a: {command: y}\n", ["cairn.yaml:3:3: Map keys must be unique"]],
    [
      "sweeps: {s: {entry: a, strategy: best, params: {}}}\n",
      ["cairn.yaml:1:34: sweeps.s.strategy: must be one of grid, random, tpe."],
    ],
    ["entries: {a: {command: x}\n", ["cairn.yaml:2:1: "]],
    ["a: &x 1\nb: *y\n", ["cairn.yaml:2:4: "]],
  ])("says where and what is wrong in %j", async (text, expected) => {
    const problems = await problemsOf(text);
    for (const part of expected) expect(problems.join("\n")).toContain(part);
  });

  test("throws all its problems when asked to", async () => {
    const config = await loadConfig(temporaryFolder({ "cairn.yaml": "entrys: 1\nsweps: 2\n" }));
    expect(() => config.throwIfBroken()).toThrow('cairn.yaml:1:1: "entrys" is not known. (and 1 more)');
  });

  test("with a bomb of aliases is refused quickly", async () => {
    const levels = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
    for (let i = 1; i < 12; i++) {
      const [name, below] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
      levels.push(`${name}: &${name} [${Array(10).fill(`*${below}`).join(",")}]`);
    }
    const begin = performance.now();
    const problems = await problemsOf(levels.join("\n"));
    expect(problems).toEqual([
      "cairn.yaml:1:1: Excessive alias count indicates a resource exhaustion attack",
    ]);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test("of more than a megabyte is refused", async () => {
    expect(await problemsOf(`# ${"x".repeat(2 << 20)}\n`)).toEqual([
      "cairn.yaml:1:1: the file is larger than 1 MB.",
    ]);
  });

  test("with __proto__ as a name changes no prototype", async () => {
    await problemsOf("entries:\n  __proto__: {command: x}\nviews: {__proto__: {polluted: yes}}\n");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).command).toBeUndefined();
  });
});

describe("include", () => {
  test("adds the sections of other files, also in a circle", async () => {
    const folder = temporaryFolder({
      "cairn.yaml": "include: parts/more.yaml\nentries: {a: {command: x}}\nredact: ['*.env']\n",
      "parts/more.yaml":
        "include: ['../cairn.yaml', 'more.yaml']\nentries: {b: {command: y}}\nredact: [KEY]\n",
    });
    const config = await loadConfig(folder);
    expect(config.problems).toEqual([]);
    expect(config.entries.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(config.redact).toEqual(["*.env", "KEY"]);
  });

  test("of a name that is taken, a missing file and one outside the project are problems", async () => {
    const outside = temporaryFolder({ "o.yaml": "entries: {evil: {command: x}}\n" });
    const folder = temporaryFolder({
      "cairn.yaml": `include: [b.yaml, missing.yaml, "${outside}/o.yaml", link.yaml]\nentries: {a: {command: x}}\n`,
      "b.yaml": "entries: {a: {command: y}}\n",
    });
    symlinkSync(path.join(outside, "o.yaml"), path.join(folder, "link.yaml"));
    const { problems, entries } = await loadConfig(folder);
    expect(entries).toMatchObject([{ name: "a", command: "x" }]);
    expect(problems).toEqual([
      "b.yaml:1:1: entries.a is named in more than one file.",
      "cairn.yaml:1:1: the included file missing.yaml does not exist.",
      expect.stringContaining("lies outside the project."),
      "cairn.yaml:1:1: link.yaml lies outside the project.",
    ]);
  });

  test("stops after fifty files", async () => {
    const folder = temporaryFolder({ "cairn.yaml": "include: 0.yaml\n" });
    for (let i = 0; i < 60; i++) writeFileSync(path.join(folder, `${i}.yaml`), `include: ${i + 1}.yaml\n`);
    expect((await loadConfig(folder)).problems.join()).toContain("more than 50 files are included.");
  });

  test("of a folder is a problem, not a crash", async () => {
    const folder = temporaryFolder({ "cairn.yaml": "include: sub\n" });
    mkdirSync(path.join(folder, "sub"));
    expect((await loadConfig(folder)).problems).toEqual(["sub:1:1: this is a folder."]);
  });
});

describe("MLproject", () => {
  const text = `name: demo
python_env: python_env.yaml
entry_points:
  main:
    parameters:
      data: path
      alpha: {type: float, default: 0.1}
      tag: {default: abc}
    command: "python train.py {data} --alpha {alpha}"
  validate:
    command: "python validate.py"
`;

  test("gives its entry points", async () => {
    const { entries, problems } = await loadConfig(temporaryFolder({ MLproject: text }));
    expect(problems).toEqual([]);
    expect(entries).toMatchObject([
      {
        name: "main",
        source: "MLproject",
        params: { data: null, alpha: "0.1", tag: "abc" },
        extraParams: "append",
      },
      { name: "validate", params: {} },
    ]);
    expect(entries[0]?.types).toEqual({ data: "path", alpha: "float", tag: "string" });
  });

  test("yields to an entry of the same name in cairn.yaml", async () => {
    const folder = temporaryFolder({ MLproject: text, "cairn.yaml": "entries: {main: {command: mine}}\n" });
    const { entries } = await loadConfig(folder);
    expect(entries.map(({ name, source }) => `${name} ${source}`)).toEqual([
      "main cairn.yaml",
      "validate MLproject",
    ]);
  });

  test("that is broken says where", async () => {
    const { problems } = await loadConfig(
      temporaryFolder({ MLproject: "entry_points:\n  main: {command: [1]}\n" }),
    );
    expect(problems).toEqual(["MLproject:2:19: entry_points.main.command: must be text."]);
  });
});
