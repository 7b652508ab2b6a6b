import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { attribute, type Claimant, pidInName } from "../../../src/engine/follow/attribute.ts";
import { mediaOf } from "../../../src/engine/follow/mediaPlace.ts";
import { FolderWatch } from "../../../src/engine/follow/folderWatch.ts";
import { prefixOf } from "../../../src/engine/follow/prefixes.ts";
import { recognise } from "../../../src/engine/follow/recognise.ts";

test.each([
  ["runs/a/events.out.tfevents.1.host.2.0", "tfevents", "runs/a/events.out.tfevents.1.host.2.0"],
  ["wandb/offline-run-2026_1-ab/run-ab.wandb", "wandb", "wandb/offline-run-2026_1-ab/run-ab.wandb"],
  ["lightning_logs/version_3/metrics.csv", "lightning", "lightning_logs/version_3"],
  ["logs/model/version_0/hparams.yaml", "lightningParams", "logs/model/version_0"],
  ["dvclive/plots/metrics/train/loss.tsv", "dvcliveTable", "dvclive"],
  ["results/plots/metrics/loss.tsv", "dvcliveTable", "results"],
  ["results/metrics.json", "dvcliveMetrics", "results"],
  ["dvclive/params.yaml", "dvcliveParams", "dvclive"],
])("%s is recognised", (file, kind, unit) => {
  expect(recognise(file, (folder) => folder === "results")).toMatchObject({ kind, unit });
});

const run = "a/wandb/offline-run-20261121_135232-ab-1";
test.each([
  ["dvclive/plots/images/sample.png", "dvclive", { path: "dvclive/images/sample", extension: ".png" }],
  ["dvclive/plots/images/a/conf.jpg", "dvclive", { path: "dvclive/images/a/conf", extension: ".jpg" }],
  ["results/plots/images/a/12.png", "results", { path: "dvclive/images/a/12.png" }],
  ["dvclive/plots/sklearn/roc.json", "dvclive", { path: "dvclive/plots/roc.json" }],
  ["dvclive/static/loss.svg", "dvclive", { path: "dvclive/static/loss.svg" }],
  [
    `${run}/files/media/images/eval/many_3_5d19b1001e8a42974a97.png`,
    `${run}/run-ab-1.wandb`,
    { path: "wandb/images/eval/many", step: 3, extension: ".png" },
  ],
  [
    `${run}/files/media/table/tab_1_913c9e7a.table.json`,
    `${run}/run-ab-1.wandb`,
    { path: "wandb/table/tab", step: 1, extension: ".table.json" },
  ],
  [`${run}/files/media/images/odd.png`, `${run}/run-ab-1.wandb`, { path: "wandb/images/odd.png" }],
  [
    `${run}/files/media/images/a b:c_7_00ff.png`,
    `${run}/run-ab-1.wandb`,
    {
      path: process.platform === "win32" ? "wandb/images/a b_c" : "wandb/images/a b:c",
      step: 7,
      extension: ".png",
    },
  ],
])("%s is media", (file, unit, media) => {
  expect(mediaOf(file, (folder) => folder === "results" || folder === "dvclive")).toEqual({ unit, media });
});

test.each([
  "plots/images/a.png",
  "static/a.png",
  "other/plots/images/a.png",
  "dvclive/plots/images/notes.txt",
  "dvclive/plots/sklearn/roc.png",
  "wandb/run-20261121_135232-ab/files/media/images/a_1_00.png",
  `${run}/files/requirements.txt`,
])("%s is no media", (file) => {
  expect(mediaOf(file, (folder) => folder === "dvclive")).toBeUndefined();
});

test.each([
  "params.yaml",
  "metrics.json",
  "data/metrics.csv",
  "conf/params.yaml",
  "wandb/run-2026_1-ab/run-ab.wandb",
  "data/table.tsv",
  "conf/hparams.yaml",
])("%s is somebody's own", (file) => {
  expect(recognise(file, () => false)).toBeUndefined();
});

test.each<[string, string[][], string[]]>([
  ["one writer", [["runs/x"]], [""]],
  [
    "a writer and the parts that it makes",
    [["runs/x"], ["runs/x/loss_a"], ["runs/x/1795246771.8948607"]],
    ["", "loss_a/", ""],
  ],
  [
    "parts of the data, one after the other",
    [["logs/train"], ["logs/validation"]],
    ["train/", "validation/"],
  ],
  ["two writers at once", [["runs/a", "runs/b"]], ["a/", "b/"]],
  ["a writer that comes later", [["runs/a"], ["runs/b"], ["runs/b/val"]], ["", "b/", "b/val/"]],
  ["in the working folder itself", [[""], ["val"]], ["", "val/"]],
])("prefixes: %s", (_, arrivals, expected) => {
  const bases: string[] = [];
  expect(arrivals.flatMap((together) => together.map((folder) => prefixOf(folder, together, bases)))).toEqual(
    expected,
  );
});

const claimant = (runId: string, startTime: number, ...pids: number[]): Claimant => ({
  ...{ runId, startTime, pids: new Set(pids) },
});
const [a, b] = [claimant("a", 1000, 10, 11), claimant("b", 2000, 20)];
const dead = () => false;
const alive = () => true;

test("whose a file is: who has it open, whom its name tells, when it was made, else nobody's", () => {
  expect(attribute({ birthtimeMs: 3000, writers: [11] }, [a, b], dead)).toEqual({ runId: "a" });
  expect(attribute({ birthtimeMs: 3000, writers: [99] }, [a, b], dead)).toBe("foreign");
  expect(attribute({ birthtimeMs: 3000, writers: [10, 20] }, [a, b], dead)).toBe("unclear");
  expect(attribute({ birthtimeMs: 3000, namedPid: 20, writers: [] }, [a, b], dead)).toEqual({ runId: "b" });
  expect(attribute({ birthtimeMs: 3000, namedPid: 99 }, [a], alive)).toBe("foreign");
  expect(attribute({ birthtimeMs: 3000, namedPid: 99 }, [a], dead)).toEqual({ runId: "a" });
  expect(attribute({ birthtimeMs: 1500 }, [a, b], dead)).toEqual({ runId: "a" });
  expect(attribute({ birthtimeMs: 2500 }, [a, b], dead)).toBe("unclear");
  expect(attribute({ birthtimeMs: 500 }, [a], dead)).toEqual({ runId: "a" });
  expect(attribute({ birthtimeMs: 500 }, [a, b], dead)).toBe("unclear");
});

test("an event file's name tells its process", () => {
  expect(pidInName("x/events.out.tfevents.1795246771.some.host-1.30454.3")).toBe(30454);
  expect(pidInName("events.out.tfevents.1795246771.host.30454.0.v2")).toBe(30454);
  expect(pidInName("events.out.tfevents.1795246771.host")).toBeUndefined();
});

function folder(): { root: string; write: (file: string) => void } {
  const root = mkdtempSync(path.join(os.tmpdir(), "cairn-watch-"));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const write = (file: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), "x");
  };
  return { root, write };
}

const limits = { depth: 3, folders: 40, files: 100, media: 100, entries: 20 };
const found = async (watch: FolderWatch) => (await watch.scan()).map((file) => file.path).sort();

test("what is not a run's is not looked into: environments, caches, data, links, too deep", async () => {
  const { root, write } = folder();
  const name = "events.out.tfevents.1.h";
  for (const inside of [
    "node_modules",
    ".git",
    ".venv",
    "env",
    "site-packages",
    "data",
    "excluded",
    "1/2/3/4",
  ])
    write(`${inside}/${name}`);
  write("env/pyvenv.cfg");
  for (let i = 0; i < 30; i++) write(`data/image${i}.png`);
  write(`runs/${name}`);
  symlinkSync(path.join(root, "runs"), path.join(root, "linked"));
  const watch = new FolderWatch(root, new Set([path.join(root, "excluded")]), limits);
  expect(await found(watch)).toEqual([`runs/${name}`]);
  write(`runs/new/${name}`);
  write(`runs/${name}.v2`);
  expect(await found(watch)).toEqual([`runs/${name}`, `runs/${name}.v2`, `runs/new/${name}`]);
  rmSync(path.join(root, "runs"), { recursive: true });
  expect(await found(watch)).toEqual([]);
});

test("a tree with too many folders is looked into in part, and that is said", async () => {
  const { root, write } = folder();
  for (let i = 0; i < 10; i++) for (let k = 0; k < 10; k++) write(`${i}/${k}/x.txt`);
  write("runs/events.out.tfevents.1.h");
  const watch = new FolderWatch(root, new Set(), limits);
  expect(await found(watch)).toEqual(["runs/events.out.tfevents.1.h"]);
  expect(watch.problem).toContain("only some");
});
