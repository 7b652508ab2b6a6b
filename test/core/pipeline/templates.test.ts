import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { collect } from "../../../src/core/pipeline/collect.ts";
import { commandsOf } from "../../../src/core/pipeline/pipelines.ts";
import { dvcStages } from "./dvcPipeline.ts";

const style = { bool: "store_true", list: "nargs" } as const;

function folderWith(files: Record<string, string>): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "cairn-stages-")));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  mkdirSync(path.join(root, ".dvc"));
  writeFileSync(path.join(root, ".dvc", "config"), "[core]\n    no_scm = True\n");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const params = `lr: 1.0
tiny: 1e-5
big: 1e16
count: 0x10
under: 1_000
flag: true
none:
text: a b's
models: [rf, 2, 0.5, true]
nested: {a: {b: [1, 2], on: true, off: false, name: x y}, z: 3}
grid: [{lr: 0.1, n: 1}, {lr: 0.20, n: 2}]
named: {one: {k: 1}, two: {k: 2}, 3: {k: 3}}
`;

/** Each is the text of a dvc.yaml; DVC and Cairn must make the same stages of it, or both refuse it. */
const samples: Record<string, string> = {
  values: `stages:
  a:
    cmd: run \${lr} \${tiny} \${big} \${count} \${under} \${flag} \${none} \${text} \${ models[1] } \${models.3} \\\${HOME} \${nested.z}
    deps: ["d\${count}.csv"]
    outs:
    - \${named.one.k}.txt: {cache: false, persist: true, desc: "\${text}"}
    params: [lr, other.yaml: [a.b], "p\${count}.yaml": ]
`,
  arguments: "stages:\n  a:\n    cmd: python x.py ${nested} --end\n",
  lists: "stages:\n  a:\n    cmd: [one ${lr}, 'two ${flag}', three]\n    wdir: sub/${count}\n",
  foreachList: "stages:\n  a:\n    foreach: [x, 1, 1.50, true, 1e3, null]\n    do: {cmd: 'echo ${item}'}\n",
  foreachContext: "stages:\n  a:\n    foreach: ${models}\n    do: {cmd: 'echo ${item}'}\n",
  foreachMixed:
    "stages:\n  a:\n    foreach: ['${models[3]}', 'x${flag}', '${lr}']\n    do: {cmd: 'echo ${item}'}\n",
  foreachDict:
    "stages:\n  a:\n    foreach: {u: {f: 1}, v: {f: '${count}'}}\n    do: {cmd: 'echo ${key} ${item.f}', outs: ['${key}']}\n",
  foreachNamed: "stages:\n  a:\n    foreach: ${named}\n    do: {cmd: 'echo ${key} ${item.k} ${item[k]}'}\n",
  foreachObjects: "stages:\n  a:\n    foreach: ${grid}\n    do: {cmd: 'echo ${item.lr} ${item.n}'}\n",
  matrix:
    "stages:\n  a:\n    matrix: {m: [cnn, true, 1.5], f: ['${lr}', two], g: '${models}'}\n    cmd: echo ${item.m} ${item.f} ${key}\n",
  matrixObjects:
    "stages:\n  a:\n    matrix: {m: [{n: 1}, {n: 2}], g: ${grid}}\n    cmd: echo ${item.m.n} ${item.g.lr}\n",
  vars: "vars: [extra.yaml, {own: {x: 1}}, 'part.json:p,q']\nstages:\n  a:\n    vars: [{z: 5}]\n    cmd: echo ${own.x} ${own.y} ${p} ${q.r} ${z}\n",
  merge:
    "vars: [{base: &b {x: 1, y: 2}, more: {<<: *b, y: 3}}]\nstages:\n  a:\n    cmd: echo ${more.x} ${more.y}\n",
  defined: "vars: [{lr: 3}]\nstages:\n  a:\n    cmd: echo\n",
  missing: "stages:\n  a:\n    cmd: echo ${nowhere}\n",
  listInCommand: "stages:\n  a:\n    cmd: echo ${models}\n",
  mappingInDeps: "stages:\n  a:\n    cmd: echo\n    deps: ['${nested}']\n",
  syntax: "stages:\n  a:\n    cmd: echo ${lr..x}\n",
  unknownKey: "stages:\n  a:\n    cmd: echo\n    dep: [x]\n",
  noCommand: "stages:\n  a:\n    deps: [x]\n",
  badOut: "stages:\n  a:\n    cmd: echo\n    outs: [{x: {cache: maybe}}]\n",
  duplicate: "stages:\n  a:\n    cmd: echo\n    cmd: echo\n",
  top: "stages:\n  a:\n    cmd: echo\nmetrics: [m.json]\nplots: [{p.csv: {x: a, y: b}}]\nparams: [p.yaml]\nartifacts: {m: {path: x}}\n",
};

const others = {
  "params.yaml": params,
  "extra.yaml": "own: {y: 2}\n",
  "part.json": '{"p": 1.0, "q": {"r": 10000000000000001}, "rest": null}',
};

test("expressions, groups and variables are filled in as DVC does", { timeout: 120_000 }, async () => {
  const names = Object.keys(samples);
  const roots = names.map((name) => folderWith({ ...others, "dvc.yaml": samples[name] ?? "" }));
  const theirs = await dvcStages(roots);
  for (const [i, root] of roots.entries()) {
    const ours = await collect(root, { ignoreRoot: root, style });
    const theirOwn = theirs[i] ?? {};
    if ("error" in theirOwn && typeof theirOwn.error === "string") {
      expect(ours.problems, `${names[i] ?? ""}: ${theirOwn.error}`).not.toEqual([]);
      continue;
    }
    expect(ours.problems, names[i]).toEqual([]);
    const shown = ours.stages.map(({ name, command, cwd, deps, params: given, outs, frozen }) => ({
      ...{ name, command, deps, frozen },
      cwd: path.relative(root, cwd),
      params: given.map((each) => [each.path, each.names]),
      outs: outs.map((out) => [out.path, out.cached, out.persisted]),
    }));
    const expected = Object.entries(theirOwn as Record<string, Record<string, unknown>>).map(
      ([name, stage]) => ({
        ...{ name, command: stage.cmd, deps: stage.deps ?? [], frozen: stage.frozen ?? false },
        cwd: stage.wdir ?? "",
        params: merged((stage.params ?? []) as (string | Record<string, string[]>)[]),
        outs: ((stage.outs ?? []) as (string | Record<string, Record<string, unknown>>)[]).map((out) => {
          if (typeof out === "string") return [out, true, false];
          const [[key, flags] = ["", {}]] = Object.entries(out);
          return [key, flags.cache ?? true, flags.persist ?? false];
        }),
      }),
    );
    expect(shown, names[i]).toEqual(expected);
  }
});

function merged(given: readonly (string | Record<string, string[] | null>)[]): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const each of given)
    for (const [file, keys] of Object.entries(typeof each === "string" ? { "params.yaml": [each] } : each))
      found.set(file, [...(found.get(file) ?? []), ...(keys ?? [])]);
  return [...found];
}

test("what is wrong is told with its place", async () => {
  const root = folderWith({
    "dvc.yaml": "stages:\n  a:\n    cmd: echo\n    dep: [x]\n  b:\n    foreach: [1]\n    do: {deps: [x]}\n",
    "sub/dvc.yaml": "stages: [\n",
    "cairn.yaml": "stages:\n  own: {comand: x}\n",
    "dvc.lock": "schema: '1.0'\n",
  });
  const { problems } = await collect(root, { ignoreRoot: root, style });
  expect(problems).toEqual([
    expect.stringMatching(/^dvc\.yaml:4:5: "dep" is not known in stages\.a\./),
    expect.stringMatching(/^dvc\.yaml:7:\d+: stages\.b\.do\.cmd: /),
    expect.stringMatching(/^sub\/dvc\.yaml:2:1: /),
    expect.stringMatching(/^cairn\.yaml:2:9: "comand" is not known/),
    expect.stringMatching(/^cairn\.yaml:2:\d+: stages\.own\.command: is missing/),
  ]);
});

test("lines of a command are commands of their own, items of a list are not taken apart", () => {
  expect(commandsOf({ command: "a\n\nb\n" })).toEqual(["a", "b"]);
  expect(commandsOf({ command: ["a\nb", "c"] })).toEqual(["a\nb", "c"]);
});
