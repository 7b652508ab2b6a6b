import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { attribute, type Claimant, pidInName } from "../../../src/engine/follow/attribute.ts";
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

const limits = { depth: 3, folders: 40, files: 100, entries: 20 };
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
