import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  atBeginning,
  type ChunkReader,
  dvcliveForm,
  type Found,
  lightningForm,
  nothingFound,
  readDvcliveMetrics,
  readOn,
  readTable,
  readTfevents,
  readWandb,
  readYamlParams,
  type TableForm,
} from "../../../src/core/importers/index.ts";
import { pythonOf } from "../../peers/env.ts";

/** The formats as their own libraries write them, and the values as their own libraries read them. */
let folder = "";
let python = "";
const here = import.meta.dirname;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "cairn-formats-"));
  python = await pythonOf("formats");
  execFileSync(python, [path.join(here, "writers.py"), folder], { stdio: "pipe" });
}, 600_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const TIME = 1_700_000_000_000;

async function readAll(file: string, reader: ChunkReader, form?: TableForm): Promise<Found> {
  const all = nothingFound();
  const options = { reader, context: { time: TIME, prefix: "" }, form };
  for await (const { found } of readOn(file, atBeginning, options)) {
    all.metrics.push(...found.metrics);
    all.params.push(...found.params);
    all.tags.push(...found.tags);
    all.artifacts.push(...found.artifacts);
    for (const problem of found.problems) all.problems.add(problem);
  }
  expect([...all.problems]).toEqual([]);
  return all;
}

function only(name: string, ending: RegExp): string {
  const files = readdirSync(path.join(folder, name), { recursive: true, encoding: "utf8" });
  const found = files.filter((file) => ending.test(file));
  expect(found).toHaveLength(1);
  return path.join(folder, name, found[0] ?? "");
}

function byReference<T>(kind: string, file: string): T {
  const script = path.join(here, "reference.py");
  const text = execFileSync(python, [script, kind, file], { stdio: "pipe", maxBuffer: 64 << 20 }).toString();
  // Python writes numbers that JSON has no word for.
  return JSON.parse(text.replace(/\bNaN\b/g, '"NaN"').replace(/-?\bInfinity\b/g, '"$&"')) as T;
}

const plain = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

function series(found: Found): Record<string, [number, number, number | string][]> {
  const all: Record<string, [number, number, number | string][]> = {};
  for (const { key, timestamp, step, value } of found.metrics)
    (all[key] ??= []).push([timestamp, step, plain(value)]);
  return all;
}

const paramsOf = (found: Found) => Object.fromEntries(found.params.map(({ key, value }) => [key, value]));

interface TensorboardValues {
  scalars: Record<string, [number, number, number | string][]>;
  texts: Record<string, [number, string][]>;
  images: Record<string, [number, string][]>;
}

const eventFiles = { torch: /tfevents.*\.0$/, tensorboardX: /tfevents/ };

test.each(["torch", "tensorboardX"] as const)(
  "event files of %s give what TensorBoard reads",
  async (writer) => {
    const file = only(writer, eventFiles[writer]);
    const found = await readAll(file, readTfevents);
    const theirs = byReference<TensorboardValues>("tensorboard", file);
    const expected = Object.entries(theirs.scalars).map(([tag, events]) => [
      tag.replace(/[()]/g, "_"),
      events.map(([wall, step, value]) => [Math.round(wall * 1000), step, value]),
    ]);
    expect(series(found)).toEqual(Object.fromEntries(expected));
    const artifacts = Object.fromEntries(
      found.artifacts.map(({ path: name, content }) => [name, Buffer.from(content).toString("hex")]),
    );
    const images = Object.entries(theirs.images).flatMap(([tag, list]) =>
      list.map(([step, hex]) => [`tensorboard/${tag}/${step}.png`, hex]),
    );
    const texts = Object.entries(theirs.texts).flatMap(([tag, list]) =>
      list.map(([step, text]) => [
        `tensorboard/${tag.replace("/text_summary", "")}/${step}.md`,
        Buffer.from(text).toString("hex"),
      ]),
    );
    expect(artifacts).toEqual(Object.fromEntries([...images, ...texts]));
  },
);

test("torch's hyperparameters are parameters, and every kind of scalar is there", async () => {
  const session = await readAll(only("torch", /tfevents.*\.1$/), readTfevents);
  expect(series(session).accuracy?.[0]?.[2]).toBeCloseTo(0.9, 6);
  expect(paramsOf(session)).toEqual({ lr: "0.1", batch: "32", optimizer: "adam", nesterov: "1" });
  const found = await readAll(only("torch", eventFiles.torch), readTfevents);
  const all = series(found);
  expect(all["loss/train"]).toHaveLength(50);
  expect(all.double?.[0]?.[2]).toBe(0.1);
  expect(all.edge?.map(([, step, value]) => [step, value])).toEqual([
    [1, "NaN"],
    [2, "Infinity"],
    [3, "-Infinity"],
  ]);
  expect(all.minus?.[0]?.[1]).toBe(-7);
  expect(all.far?.[0]?.[1]).toBe(2 ** 40);
  expect(found.artifacts.map(({ path: name }) => name).sort()).toEqual([
    "tensorboard/note/2.md",
    "tensorboard/picture/4.png",
  ]);
});

test("a log of W&B gives its history, configuration and summary", async () => {
  const file = only("wandb", /^offline-run-.*\.wandb$/);
  const found = await readAll(file, readWandb);
  const theirs = byReference<{ history: [number, Record<string, number | string>][] }>("wandb", file);
  const expected: Record<string, [number, number, number | string][]> = {};
  for (const [, row] of theirs.history) {
    for (const [key, value] of Object.entries(row)) {
      if (key.startsWith("_") || key === "nested.text") continue;
      const time = Math.round(Number(row._timestamp) * 1000);
      (expected[key] ??= []).push([time, Number(row._step), value]);
    }
  }
  const ours = series(found);
  expect(Object.fromEntries(Object.entries(ours).filter(([key]) => key in expected))).toEqual(expected);
  expect(Object.keys(expected).sort()).toEqual(["loss", "nested.value", "odd"]);
  expect(expected.loss).toHaveLength(2000);
  const others = Object.keys(ours).filter((key) => !(key in expected) && !key.startsWith("system/"));
  expect(others).toEqual(["best"]);
  expect(ours.best?.[0]?.slice(1)).toEqual([1999, 0.5]);
  expect(Object.keys(ours)).toContain("system/memory_percent");
  expect(paramsOf(found)).toEqual({
    lr: "0.1",
    "net.layers": "[64,10]",
    "net.act": "relu",
    seed: "None",
    flag: "True",
    late: "x".repeat(6000),
  });
  const tags = Object.fromEntries(found.tags.map(({ key, value }) => [key, value]));
  expect(tags).toMatchObject({ "wandb.project": "meters", "wandb.name": "first", "wandb.tags": "a, b" });
});

test("DVCLive's tables, parameters and latest values are read", async () => {
  const table = (name: string) => {
    const form = dvcliveForm(name);
    const reader: ChunkReader = (chunk, _, state, found, context) =>
      readTable(chunk, state, found, context, form);
    return readAll(path.join(folder, "dvclive", "plots", "metrics", `${name}.tsv`), reader, form);
  };
  const loss = await table("train/loss");
  expect(loss.metrics).toEqual(
    Array.from({ length: 10 }, (_, step) => ({
      ...{ key: "train/loss", step, value: 1 / (step + 1), timestamp: TIME },
    })),
  );
  const accuracy = await table("accuracy");
  expect(accuracy.metrics.map(({ value }) => value)).toEqual(Array.from({ length: 10 }, (_, i) => i));
  expect(Math.abs((accuracy.metrics[0]?.timestamp ?? 0) - Date.now())).toBeLessThan(600_000);
  const text = (name: string) => readFileSync(path.join(folder, "dvclive", name), "utf8");
  expect(readYamlParams(text("params.yaml"))).toEqual([
    { key: "lr", value: "0.1" },
    { key: "net.layers", value: "2" },
  ]);
  const { values } = readDvcliveMetrics(text("metrics.json"));
  expect(Object.fromEntries(values)).toEqual({ "train/loss": 0.1, accuracy: 9, only: 18 });
});

test("Lightning's table, written anew with another column, and its parameters are read", async () => {
  const reader: ChunkReader = (chunk, _, state, found, context) =>
    readTable(chunk, state, found, context, lightningForm);
  const found = await readAll(only("lightning_logs", /metrics\.csv$/), reader, lightningForm);
  const all = series(found);
  expect(all.train_loss?.map(([, step, value]) => [step, value])).toEqual(
    Array.from({ length: 10 }, (_, step) => [step, 1 / (step + 1)]),
  );
  expect(all["val_ loss"]).toEqual([[TIME, 9, 0.5]]);
  const params = readYamlParams(readFileSync(only("lightning_logs", /hparams\.yaml$/), "utf8"));
  expect(Object.fromEntries(params.map(({ key, value }) => [key, value]))).toMatchObject({
    ...{ lr: "0.1", "net.width": "8", sizes: "[1,2]" },
  });
});
