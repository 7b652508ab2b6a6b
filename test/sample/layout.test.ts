import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { sampleFolder } from "./readings.ts";

const text = (name: string) => readFileSync(join(sampleFolder, name), "utf8");

const history = z
  .strictObject({
    author: z.strictObject({ name: z.string().min(1), email: z.email() }),
    rename: z.record(z.string(), z.string()),
    omit: z.array(z.string()),
    untracked: z.array(z.string()),
    commits: z.array(
      z.strictObject({
        message: z.string().min(1),
        date: z.iso.datetime(),
        files: z.array(z.string()).min(1),
      }),
    ),
  })
  .parse(JSON.parse(text("history.json")));

test("the history has four commits in order of time and names each file of the folder once", () => {
  expect(history.commits).toHaveLength(4);
  const dates = history.commits.map((commit) => commit.date);
  expect(dates).toEqual([...dates].sort());
  const named = [...history.omit, ...history.untracked, ...history.commits.flatMap((commit) => commit.files)];
  const there = readdirSync(sampleFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => relative(sampleFolder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  expect([...named].sort()).toEqual(there.sort());
  expect(Object.keys(history.rename).every((name) => there.includes(name))).toBe(true);
});

test("cairn.yaml names only files and placeholders that exist", () => {
  const entry = z.object({
    command: z.string(),
    params: z.record(z.string(), z.unknown()),
    data: z.array(z.string()),
    checks: z.array(z.string()),
  });
  const { entries, checks, gates, targets } = z
    .object({
      entries: z.object({ train: entry }),
      checks: z.record(z.string(), z.object({ data: z.string() })),
      gates: z.record(z.string(), z.unknown()),
      targets: z.record(z.string(), z.object({ gates: z.array(z.string()) })),
    })
    .parse(parse(text("cairn.yaml")));
  const { train } = entries;
  const placeholders = [...train.command.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  expect(placeholders.sort()).toEqual(Object.keys(train.params).sort());
  for (const name of placeholders) expect(text("train.py")).toContain(`"--${name}"`);
  for (const path of [...train.data, ...Object.values(checks).map((check) => check.data)]) {
    expect(text(path).length).toBeGreaterThan(0);
  }
  expect(train.checks.every((name) => name in checks)).toBe(true);
  expect(Object.values(targets).every((target) => target.gates.every((name) => name in gates))).toBe(true);
});

test("the notebook is valid nbformat 4.5 without outputs", () => {
  const cell = z.discriminatedUnion("cell_type", [
    z.strictObject({
      cell_type: z.literal("markdown"),
      id: z.string().regex(/^[\w-]{1,64}$/),
      metadata: z.object({}),
      source: z.array(z.string()),
    }),
    z.strictObject({
      cell_type: z.literal("code"),
      id: z.string().regex(/^[\w-]{1,64}$/),
      metadata: z.object({}),
      source: z.array(z.string()),
      execution_count: z.null(),
      outputs: z.array(z.never()),
    }),
  ]);
  const { cells } = z
    .object({
      nbformat: z.literal(4),
      nbformat_minor: z.literal(5),
      metadata: z.object({}),
      cells: z.array(cell),
    })
    .parse(JSON.parse(text("explore.ipynb")));
  expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
});
