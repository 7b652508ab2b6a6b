import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cliProject } from "../cli.ts";

test("a run tells the versions of its data, and a version its runs", { timeout: 120_000 }, async () => {
  const { json, cairn, folder, write } = cliProject();
  execFileSync("git", ["init", "-q", folder]);
  mkdirSync(path.join(folder, "images"));
  write("images/a.txt", "a");
  write("t.csv", "x\n1\n");
  await cairn(["data", "add", "images"]);
  await cairn(["data", "add", "t.csv"]);
  write("t.csv", "x\n2\n");
  await cairn(["data", "add", "t.csv"]);
  write("other.csv", "x\n3\n");

  const data = ["images", "t.csv", "other.csv"].flatMap((name) => ["--data", name]);
  const run = await json("run", ["run", ...data, "--", "true"]);
  const byPath = (run.data as { path: string }[]).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  expect(byPath).toMatchObject([
    { path: "images", version: 1 },
    { path: "other.csv", version: null },
    { path: "t.csv", version: 2 },
  ]);
  expect((await cairn(["runs", "show", String(run.id)])).stdout).toContain("t.csv@2 (training, md5 ");

  const runsOf = async (name: string) =>
    ((await json("data-log", ["data", "log", name])).versions as { runs: string[] }[]).map(
      ({ runs }) => runs,
    );
  expect(await runsOf("t.csv")).toEqual([[run.id], []]);
  expect(await runsOf("images")).toEqual([[run.id]]);
  // Changed since: what the run read is not what is there now.
  write("t.csv", "x\n1\n");
  const later = await json("run", ["run", "--data", "t.csv", "--", "true"]);
  expect(later.data).toMatchObject([{ path: "t.csv", version: 1 }]);
  expect(await runsOf("t.csv")).toEqual([[run.id], [later.id]]);
});

test("datasets that a command names are its inputs, without being listed", { timeout: 120_000 }, async () => {
  const { json, cairn, folder, write } = cliProject();
  mkdirSync(path.join(folder, "images"));
  write("images/a.txt", "a");
  for (const name of ["t.csv", "u.csv", "plain.csv"]) write(name, `${name}\n`);
  for (const name of ["images", "t.csv", "u.csv"]) await cairn(["data", "add", name]);
  const inputs = (run: Record<string, unknown>) =>
    (run.data as { path: string; version: number | null }[])
      .map(({ path: name, version }) => `${name}@${version ?? ""}`)
      .sort();
  const names = ["t.csv", "--images=images/a.txt", "plain.csv", "missing.csv", "https://x/t.csv"];
  expect(inputs(await json("run", ["run", "--data", "t.csv", "--", "echo", ...names]))).toEqual([
    "images@1",
    "t.csv@1",
  ]);
  write("cairn.yaml", "entries: {look: {command: 'cat t.csv <u.csv; echo \"images\"'}}\n");
  await cairn(["trust"]);
  expect(inputs(await json("run", ["run", "look"]))).toEqual(["images@1", "t.csv@1", "u.csv@1"]);
});
