import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cliProject } from "../cli.ts";

const rows = (count: number, mark = "") =>
  `id,name\n${Array.from({ length: count }, (_, i) => `${i},name_${(i * 31) % 500}${i % 100 === 3 ? mark : ""}\n`).join("")}`;

const TIMEOUT = 120_000;

test("versions of a file: add, status, log, list, checkout", { timeout: TIMEOUT }, async () => {
  const { json, cairn, folder, write } = cliProject();
  execFileSync("git", ["init", "-q", folder]);
  write("t.csv", rows(5000));
  const first = await json("data-add", ["data", "add", "t.csv", "-m", "first", "--wait"]);
  expect(first).toMatchObject({
    path: "t.csv",
    version: 1,
    recipe: "columns",
    rows: 5000,
    columns: 2,
    packed: true,
  });
  write("t.csv", rows(5000, "x"));
  expect((await json("data-status", ["data", "status"])).datasets).toMatchObject([
    { path: "t.csv", state: "modified" },
  ]);
  const refused = await json("error", ["data", "checkout", "t.csv"], 1);
  expect(refused).toMatchObject({
    error: { code: "refused", hint: expect.stringContaining("cairn data add") as string },
  });
  const second = await json("data-add", ["data", "add", "t.csv", "--wait"]);
  expect(second).toMatchObject({ version: 2, recipe: "lines" });
  expect(second.newBytes).toBeLessThan(Number(second.baselineBytes) / 20);
  expect((await cairn(["data", "log", "t.csv"])).stdout).toMatch(/2 .*lines/);
  expect(await json("data-log", ["data", "log", "t.csv"])).toMatchObject({
    path: "t.csv",
    versions: [{ version: 2 }, { version: 1 }],
  });
  expect(await json("data-list", ["data", "list"])).toMatchObject({
    datasets: [{ path: "t.csv", versions: 2, version: 2 }],
  });
  expect(await json("data-checkout", ["data", "checkout", "t.csv@1"])).toMatchObject({
    version: 1,
    written: 1,
  });
  expect(readFileSync(path.join(folder, "t.csv"), "utf8")).toBe(rows(5000));
  expect(readFileSync(path.join(folder, "t.csv.dvc"), "utf8")).toContain(String(first.md5));
});

test("paths are those of the folder that one is in", { timeout: TIMEOUT }, async () => {
  const { cairn, folder, write } = cliProject();
  execFileSync("git", ["init", "-q", folder]);
  mkdirSync(path.join(folder, "data", "in"), { recursive: true });
  write("data/in/a@b.txt", "content");
  write("cairn.yaml", "");
  const cwd = path.join(folder, "data");
  expect((await cairn(["data", "add", "in/a@b.txt"], { cwd })).stdout).toContain(
    "data/in/a@b.txt: version 1",
  );
  expect((await cairn(["data", "status", "in/a@b.txt"], { cwd })).stdout).toContain(
    "data/in/a@b.txt: unchanged",
  );
  expect((await cairn(["data", "checkout", "in/a@b.txt@1"], { cwd })).stdout).toContain("1 kept");
});

test("looking at data where nothing was recorded writes nothing", { timeout: TIMEOUT }, async () => {
  const { json, cairn, folder, write } = cliProject();
  expect(await json("data-status", ["data", "status"])).toMatchObject({ datasets: [] });
  expect(await json("data-list", ["data", "list"])).toEqual({ datasets: [] });
  write("a.txt", "foo");
  write(
    "a.txt.dvc",
    "outs:\n- md5: acbd18db4cc2f85cedef654fccc4a4d8\n  size: 3\n  hash: md5\n  path: a.txt\n",
  );
  expect((await json("data-status", ["data", "status"])).datasets).toMatchObject([
    { state: "unchanged", stored: false },
  ]);
  expect((await cairn(["data", "log", "a.txt"])).code).toBe(1);
  expect(readdirSync(folder).sort()).toEqual(["a.txt", "a.txt.dvc"]);
});

test("an engine packs behind what was added", { timeout: TIMEOUT }, async () => {
  const { json, cairn, write } = cliProject();
  await cairn(["engine", "start"]);
  write("t.csv", rows(3000));
  await json("data-add", ["data", "add", "t.csv"]);
  await expect
    .poll(async () => (await json("data-log", ["data", "log", "t.csv"])).versions, { timeout: 60_000 })
    .toMatchObject([{ packed: true, recipe: "columns" }]);
});

test("wrong usage", { timeout: TIMEOUT }, async () => {
  const { cairn, folder } = cliProject();
  for (const args of [
    ["data"],
    ["data", "add"],
    ["data", "checkout"],
    ["data", "add", "x", "--dvc-cache", "--no-dvc-cache"],
  ])
    expect((await cairn(args)).code).toBe(2);
  expect((await cairn(["data", "add", "missing.csv"])).code).toBe(1);
  expect(existsSync(path.join(folder, "missing.csv.dvc"))).toBe(false);
});
