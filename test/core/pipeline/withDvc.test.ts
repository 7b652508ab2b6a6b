import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { ContentLooker, DataProject, wantsDvcCache } from "../../../src/core/data/index.ts";
import { judge } from "../../../src/core/pipeline/judge.ts";
import { lockedOf, readPipelines } from "../../../src/core/pipeline/pipelines.ts";
import { finishStage, planStages, prepareStage } from "../../../src/core/pipeline/reproduce.ts";
import { projectPaths } from "../../../src/core/project/index.ts";
import { openDatabase } from "../../../src/core/store/index.ts";
import { pythonOf } from "../../peers/env.ts";
import { randomFrom } from "../data/tempData.ts";

const COUNT = process.env.CAIRN_LONG ? 60 : 6;
const base = realpathSync(mkdtempSync(path.join(tmpdir(), "cairn-repro-")));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

const SCRIPT = `
import contextlib, io, json, os, sys
from dvc.repo import Repo
action, folders = json.load(sys.stdin)
results = []
for folder in folders:
    os.chdir(folder)
    with contextlib.redirect_stdout(io.StringIO()):
        repo = Repo.init(no_scm=True) if action == "init" else Repo()
        try:
            if action == "repro":
                results.append([stage.addressing for stage in repro] if (repro := repo.reproduce(all_pipelines=True)) else [])
            elif action == "names":
                results.append([stage.addressing for stage in repo.index.stages])
            else:
                results.append(repo.status() if action == "status" else None)
        finally:
            repo.close()
print(json.dumps(results))
`;

/** Does the same in each repository, in one process: starting Python takes longer than all else. */
async function dvc<T>(action: string, folders: readonly string[]): Promise<T[]> {
  const python = await pythonOf("data");
  const env = {
    ...process.env,
    DVC_NO_ANALYTICS: "1",
    DVC_SITE_CACHE_DIR: path.join(base, "site"),
    HOME: base,
  };
  const options = { env, input: JSON.stringify([action, folders]), encoding: "utf8", stdio: "pipe" } as const;
  // DVC and the commands of stages print what they like before.
  const printed = execFileSync(python, ["-c", SCRIPT], options).trim();
  return JSON.parse(printed.split("\n").at(-1) ?? "") as T[];
}

async function withProject<T>(root: string, work: (project: DataProject) => Promise<T>): Promise<T> {
  const paths = projectPaths(root, "");
  mkdirSync(paths.data, { recursive: true });
  const database = openDatabase(paths.database);
  try {
    return await work(new DataProject(database, { paths, signal: new AbortController().signal }));
  } finally {
    database.close();
  }
}

/** As the engine does, but for the runs. */
async function reproduce(root: string): Promise<string[]> {
  return withProject(root, async (project) => {
    wantsDvcCache(project, true);
    const ran: string[] = [];
    for (const { name } of (await planStages(project, {})).stages) {
      const { outcome, launch, before } = await prepareStage(project, name, { force: false });
      if (outcome !== "unchanged") ran.push(name);
      for (const line of launch?.commands ?? []) execFileSync("/bin/sh", ["-c", line], { cwd: launch?.cwd });
      if (launch) await finishStage(project, name, before, "");
    }
    return ran;
  });
}

/** What has changed of each stage, in DVC's words. */
async function status(root: string): Promise<Record<string, string[]>> {
  return withProject(root, async (project) => {
    const pipelines = await readPipelines(project);
    expect(pipelines.problems).toEqual([]);
    const looker = new ContentLooker(project);
    const found: Record<string, string[]> = {};
    for (const [name, stage] of pipelines.graph.stages) {
      const { reasons } = await judge(
        { project, looker, files: pipelines.files },
        stage,
        lockedOf(pipelines, stage),
      );
      const kinds = reasons.map((reason) =>
        reason.startsWith("the command") ? "command" : reason.startsWith("the output") ? "outs" : "deps",
      );
      if (kinds.length > 0) found[name] = [...new Set(kinds)].sort();
    }
    await looker.close();
    return found;
  });
}

type DvcStatus = Record<string, (string | Record<string, unknown>)[]>;

function kindsOf(given: DvcStatus): Record<string, string[]> {
  const kinds = (items: DvcStatus[string]) =>
    items.map((item) =>
      (typeof item === "string" ? item : (Object.keys(item)[0] ?? "")).replace("changed ", ""),
    );
  return Object.fromEntries(
    Object.entries(given).map(([name, items]) => [name, [...new Set(kinds(items))].sort()]),
  );
}

interface Sample {
  root: string;
  /** Numbers from 0 up to below a limit. */
  below: (limit: number) => number;
  files: number;
  stages: number;
  words: string[];
}

const out = (i: number, kind: number) => (kind === 1 ? `dir${i}` : `out${i}.txt`);

/** A random pipeline of files, folders, parameters, groups and working folders, made so that it can run. */
function make(seed: number): Sample {
  const next = randomFrom(seed * 7919 + 3);
  const below = (limit: number) => Math.floor(next() * limit);
  const root = path.join(base, `r${seed}`);
  mkdirSync(path.join(root, "sub"), { recursive: true });
  const sample = { root, below, files: 3, stages: 3 + below(4), words: [] as string[] };
  for (let i = 0; i < sample.files; i++)
    writeFileSync(path.join(root, `in${i}.txt`), `input ${i} ${below(5)}\n`);
  sample.words = Array.from({ length: sample.stages }, () => `w${below(9)}`);
  writeParams(sample, [1, 2, 3]);
  writePipeline(sample);
  return sample;
}

function writeParams({ root }: Sample, values: number[]): void {
  const lines = values.map((value, i) => `p${i}: ${value}\n`).join("");
  writeFileSync(
    path.join(root, "params.yaml"),
    `${lines}nested:\n  a: {x: 1.0, y: [1, ${values[0] ?? 0}]}\n`,
  );
  writeFileSync(path.join(root, "sub", "more.json"), JSON.stringify({ q: { r: values[1] } }));
}

function writePipeline({ root, stages, words }: Sample): void {
  // The same choices each time: what changes is the words in the commands.
  const next = randomFrom(root.length * 31 + stages);
  const below = (limit: number) => Math.floor(next() * limit);
  const kinds: number[] = [];
  const text = words.map((word, i) => {
    const kind = below(3);
    kinds.push(kind);
    const deps = new Set([`in${below(3)}.txt`]);
    if (i > 0) deps.add(out(below(i), 0));
    const real = [...deps].map((dep) => {
      const number = /^out(\d+)/.exec(dep)?.[1];
      if (number === undefined) return dep;
      const made = kinds[Number(number)] ?? 0;
      return made === 1
        ? `dir${number}${below(2) === 0 ? "/f" : ""}`
        : made === 2
          ? `out${number}-a.txt`
          : dep;
    });
    const read = `(cat ${real.map((dep) => (dep.startsWith("dir") && !dep.endsWith("/f") ? `${dep}/f` : dep)).join(" ")}; echo ${word} \${p${below(3)}})`;
    const params = [
      `p${below(3)}`,
      ...(below(2) === 0 ? ["nested.a"] : []),
      ...(below(3) === 0 ? ["sub/more.json"] : []),
    ];
    const listed = params.map((each) => (each.endsWith(".json") ? `{${each}: [q.r]}` : each)).join(", ");
    const common = (target: string) =>
      `deps: [${real.join(", ")}]\n    params: [${listed}]\n    ${below(4) === 0 ? `metrics: [{'${target}': {cache: false}}]` : `outs: ['${target}']`}\n`;
    if (kind === 1)
      return `  s${i}:\n    cmd: mkdir -p dir${i} && ${read} > dir${i}/f && echo ${i} > dir${i}/g\n    ${common(`dir${i}`)}`;
    if (kind === 2)
      return `  s${i}:\n    foreach: [a, b]\n    do:\n      cmd: ${read} > out${i}-\${item}.txt\n      ${common(`out${i}-\${item}.txt`).replaceAll("\n    ", "\n      ")}`;
    return `  s${i}:\n    cmd: ${read} > out${i}.txt\n    ${common(`out${i}.txt`)}`;
  });
  writeFileSync(path.join(root, "dvc.yaml"), `stages:\n${text.join("")}`);
}

/** One to three random changes of what the stages depend on, or of what they have made. */
function change(sample: Sample): void {
  const { root, below, words } = sample;
  for (let n = 1 + below(3); n > 0; n--) {
    const what = below(6);
    const i = below(sample.stages);
    const made = [out(i, 0), `${out(i, 1)}/f`, `out${i}-a.txt`]
      .map((name) => path.join(root, name))
      .find((file) => existsSync(file));
    if (what === 0) writeFileSync(path.join(root, `in${below(3)}.txt`), `changed ${below(1000)}\n`);
    else if (what === 1) writeParams(sample, [below(3), below(3), below(3)]);
    else if (what === 2) {
      words[i] = `v${below(99)}`;
      writePipeline(sample);
    } else if (what === 3 && made !== undefined) rmSync(made);
    else if (what === 4 && made !== undefined) writeFileSync(made, `spoiled ${below(1000)}\n`);
    else if (what === 5) writeFileSync(path.join(root, `in${below(3)}.txt`), "input 0 0\n");
  }
}

test(`DVC and Cairn agree on ${COUNT} random pipelines, in turn`, { timeout: 900_000 }, async () => {
  const samples = Array.from({ length: COUNT }, (_, i) => make(i + 1));
  const roots = samples.map(({ root }) => root);
  await dvc("init", roots);
  const names = await dvc<string[]>("names", roots);
  for (const [i, root] of roots.entries())
    expect(
      await withProject(root, async (project) =>
        (await planStages(project, {})).stages.map(({ name }) => name).sort(),
      ),
    ).toEqual(names[i]?.sort());
  const [ours, theirs] = [roots.filter((_, i) => i % 2 === 0), roots.filter((_, i) => i % 2 === 1)];
  for (let round = 0; round < 3; round++) {
    if (round > 0) samples.forEach(change);
    if (round > 0) {
      const expected = await dvc<DvcStatus>("status", roots);
      for (const [i, root] of roots.entries())
        expect(await status(root), root).toEqual(kindsOf(expected[i] ?? {}));
      expect(expected.filter((each) => Object.keys(each).length > 0).length).toBeGreaterThan(COUNT / 3);
    }
    // Who has run it last time leaves it to the other now.
    const [mine, others] = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
    for (const root of mine) await reproduce(root);
    await dvc("repro", others);
    const after = await dvc<DvcStatus>("status", roots);
    for (const [i, root] of roots.entries()) {
      expect(after[i], root).toEqual({});
      expect(await status(root), root).toEqual({});
      expect(await reproduce(root), root).toEqual([]);
    }
    expect((await dvc<string[]>("repro", roots)).flat()).toEqual([]);
  }
});
