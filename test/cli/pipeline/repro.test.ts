import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cliProject } from "../cli.ts";
import { pipelineProject } from "./dvcProject.ts";

const TIMEOUT = 240_000;

const pipeline = `stages:
  prepare:
    cmd: mkdir -p out && cp data/a.csv out/a.csv && echo \${n} >> out/a.csv
    deps: [data/a.csv]
    params: [n]
    outs: [out]
  train:
    cmd:
    - tail -n 1 out/a.csv > model.txt
    - 'echo "{\\"acc\\": 0.5, \\"loss\\": {\\"mean\\": 1.25}}" > metrics.json'
    deps: [out]
    params: [train.lr]
    outs: [model.txt]
    metrics:
    - metrics.json: {cache: false}
  report:
    foreach: [short, long]
    do:
      cmd: cat model.txt > report-\${item}.txt
      deps: [model.txt]
      outs: ['report-\${item}.txt']
`;
const params = "n: 3\ntrain:\n  lr: 0.1\n  tiny: 1.0e-05\n";

test("what cairn ran dvc leaves alone, and the other way round", { timeout: TIMEOUT }, async () => {
  const { put, dvc, repro, states, reasons, read, folder } = await pipelineProject();
  put("dvc.yaml", pipeline);
  put("params.yaml", params);
  put("data/a.csv", "x\n1\n");
  expect(await states()).toEqual({
    prepare: "changed",
    train: "changed",
    "report@short": "changed",
    "report@long": "changed",
  });
  const ran = { prepare: "ran", train: "ran", "report@short": "ran", "report@long": "ran" };
  expect(await repro(["--dvc-cache"])).toEqual(ran);
  expect(read("report-long.txt")).toBe("3\n");
  const lock = read("dvc.lock");
  expect(dvc("status")).toContain("up to date");
  expect(dvc("repro")).not.toContain("Running");
  expect(read("dvc.lock")).toBe(lock);
  expect(dvc("stage", "list", "--name-only").trim().split("\n").sort()).toEqual(Object.keys(ran).sort());

  put("params.yaml", params.replace("0.1", "0.2"));
  expect(await reasons()).toMatchObject({
    train: ["params.yaml: train.lr 0.1 → 0.2"],
    "report@short": ["train comes first"],
  });
  dvc("repro", "--quiet");
  expect(await repro()).toEqual({
    prepare: "unchanged",
    train: "unchanged",
    "report@short": "unchanged",
    "report@long": "unchanged",
  });

  put("data/a.csv", "x\n2\n");
  expect((await reasons()).prepare).toEqual(["data/a.csv has changed"]);
  expect(await repro()).toMatchObject({ prepare: "ran", train: "ran", "report@short": "unchanged" });
  expect(dvc("status")).toContain("up to date");

  // Missing outputs come back, a changed one too.
  rmSync(path.join(folder, "out"), { recursive: true });
  put("model.txt", "other");
  expect(await states()).toMatchObject({ prepare: "restorable", train: "restorable" });
  expect(await repro()).toMatchObject({ prepare: "restored", train: "restored", "report@long": "unchanged" });
  expect(read("model.txt")).toBe("3\n");
  expect(dvc("status")).toContain("up to date");

  put("dvc.yaml", pipeline.replace("tail -n 1", "tail -n 2"));
  expect((await reasons()).train).toEqual(["the command has changed"]);
});

test("a stage is a run with its parameters, metrics and data", { timeout: TIMEOUT }, async () => {
  const { put, json, cairn } = await pipelineProject();
  put("dvc.yaml", pipeline);
  put("params.yaml", params);
  put("data/a.csv", "x\n1\n");
  await cairn(["data", "add", "data/a.csv"]);
  const done = await json("repro", ["repro", "train"]);
  const stages = done.stages as { name: string; runId: string }[];
  expect(stages.map(({ name }) => name)).toEqual(["prepare", "train"]);
  const [prepare, train] = stages;
  const first = await json("run", ["runs", "show", prepare?.runId ?? ""]);
  expect(first).toMatchObject({
    name: "prepare",
    status: "FINISHED",
    params: { n: "3" },
    tags: { "cairn.stage": "prepare" },
  });
  expect(first.data).toMatchObject([{ path: "data/a.csv", version: 1 }]);
  const second = await json("run", ["runs", "show", train?.runId ?? ""]);
  expect(second).toMatchObject({ params: { "train.lr": "0.1" } });
  expect(second.metrics).toMatchObject({ acc: { value: 0.5 }, "loss.mean": { value: 1.25 } });
  expect(second.data).toMatchObject([{ path: "out", version: 1 }]);
  const dry = await json("repro-dry", ["repro", "--dry", "train"]);
  expect(dry.stages).toMatchObject([{ run: { runId: prepare?.runId } }, { run: { runId: train?.runId } }]);
  const log = await json("data-log", ["data", "log", "out"]);
  expect(log.versions).toMatchObject([
    { message: `Made by prepare, run ${prepare?.runId ?? ""}`, runs: [train?.runId] },
  ]);
});

test(
  "failures: what depends on them is not run, the rest with --keep-going",
  { timeout: TIMEOUT },
  async () => {
    const { put, repro, read, folder, cairn } = await pipelineProject();
    put(
      "dvc.yaml",
      `stages:
  bad: {cmd: ['echo half > bad.txt', 'exit 3', 'echo never > bad.txt'], outs: [bad.txt]}
  after: {cmd: cp bad.txt after.txt, deps: [bad.txt], outs: [after.txt]}
  other: {cmd: echo x > other.txt, outs: [other.txt]}
  forgets: {cmd: 'true', outs: [forgotten.txt]}
`,
    );
    expect(await repro(["-k"], 1)).toEqual({
      bad: "failed",
      after: "skipped",
      other: "ran",
      forgets: "failed",
    });
    expect(read("bad.txt")).toBe("half\n");
    expect(read("dvc.lock")).not.toMatch(/bad|forgets/);
    const again = await cairn(["repro"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("exit code 3");
    put("dvc.yaml", "stages:\n  needs: {cmd: echo, deps: [nothing.csv], outs: [o.txt]}\n");
    expect((await cairn(["repro"])).stderr).toContain("nothing.csv is missing");
    expect(existsSync(path.join(folder, "o.txt"))).toBe(false);
  },
);

test("stages of cairn.yaml have a lock of their own", { timeout: TIMEOUT }, async () => {
  const { write, json, cairn, folder } = cliProject();
  const yaml = (lr: number) =>
    `stages:\n  train: {command: "mkdir -p m && echo {lr} > m/x && cat in.txt >> m/x", params: {lr: ${lr}}, deps: [in.txt], outs: [m]}\n  eval: {command: "cat m/x > e.txt", deps: [m/x], outs: [e.txt]}\n`;
  write("cairn.yaml", yaml(0.1));
  write("in.txt", "data\n");
  const refused = await cairn(["repro"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("not trusted");
  await cairn(["trust"]);
  expect(await json("repro", ["repro"])).toMatchObject({
    stages: [
      { name: "cairn.yaml:train", outcome: "ran" },
      { name: "cairn.yaml:eval", outcome: "ran" },
    ],
    wrote: ["cairn.lock"],
  });
  expect((await cairn(["repro"])).stdout).toContain("Pipelines are up to date.");
  write("cairn.yaml", yaml(0.5));
  expect((await cairn(["repro", "--dry"])).stdout).toContain(
    "cairn.yaml:train would run: the command has changed; cairn.yaml: lr 0.1 → 0.5.",
  );
  rmSync(path.join(folder, "e.txt"));
  expect(await json("repro", ["repro", "eval", "-s"])).toMatchObject({ stages: [{ outcome: "restored" }] });
  expect((await json("data-status", ["data", "status"])).datasets).toMatchObject([
    { path: "e.txt", pointer: "cairn.lock", state: "unchanged" },
    { path: "m", state: "unchanged" },
  ]);
});

test("options of outputs and stages in folders", { timeout: TIMEOUT }, async () => {
  const { put, repro, read, dvc, folder } = await pipelineProject({ git: true });
  put("sub/in.txt", "1\n");
  put(
    "sub/dvc.yaml",
    `stages:
  grow:
    cmd: cat in.txt >> grown.txt
    wdir: .
    deps: [in.txt]
    outs:
    - grown.txt: {persist: true}
    - ../elsewhere: {cache: false}
  frozen: {cmd: cp grown.txt f.txt, deps: [grown.txt], outs: [f.txt], frozen: true}
  always: {cmd: echo hi}
`.replace("cat in.txt >> grown.txt", "cat in.txt >> grown.txt; echo e > ../elsewhere"),
  );
  put("sub/f.txt", "old\n");
  expect(await repro(["--dvc-cache"])).toEqual({
    "sub/dvc.yaml:grow": "ran",
    "sub/dvc.yaml:frozen": "frozen",
    "sub/dvc.yaml:always": "ran",
  });
  expect(dvc("status", "sub/dvc.yaml:grow", "sub/dvc.yaml:frozen")).toContain("up to date");
  expect(read("sub/.gitignore").split("\n").sort()).toEqual(["", "/f.txt", "/grown.txt"]);
  put("sub/in.txt", "2\n");
  expect(await repro(["sub/dvc.yaml:grow", "--downstream"])).toEqual({ "sub/dvc.yaml:grow": "ran" });
  expect(read("sub/grown.txt")).toBe("1\n2\n");
  expect(existsSync(path.join(folder, ".gitignore"))).toBe(false);
  mkdirSync(path.join(folder, "empty"));
  expect(await repro(["sub", "-f"])).toMatchObject({
    "sub/dvc.yaml:grow": "ran",
    "sub/dvc.yaml:always": "ran",
  });
});

test("wrong usage and broken files", { timeout: TIMEOUT }, async () => {
  const { cairn, write, json } = cliProject();
  for (const args of [["--single-item"], ["x", "-s", "--downstream"], ["--dvc-cache", "--no-dvc-cache"]])
    expect((await cairn(["repro", ...args])).code).toBe(2);
  expect((await cairn(["repro", "--dry"])).stdout).toContain("no stages");
  write(
    "dvc.yaml",
    "stages:\n  a: {cmd: x, deps: [b.txt], outs: [a.txt]}\n  b: {cmd: x, deps: [a.txt], outs: [b.txt]}\n  c: {cmd: x, outs: [a.txt, d, d/e]}\n",
  );
  const dry = await json("repro-dry", ["repro", "--dry"], 1);
  expect(dry.problems).toEqual([
    "dvc.yaml:1:1: a.txt is an output of a and of c.",
    "dvc.yaml:1:1: d/e, an output of c, lies in d, an output of c.",
    "dvc.yaml:1:1: the stages depend on each other: a → b → a.",
  ]);
  await cairn(["trust"]);
  expect((await cairn(["repro"])).stderr).toContain("a.txt is an output of a and of c.");
  write("dvc.yaml", "stages:\n  a: {cmd: x}\n");
  expect((await cairn(["repro", "nothing"])).stderr).toContain("There is no stage nothing.");
});
