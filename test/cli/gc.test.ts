import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cliProject } from "./cli.ts";

test("deleted runs are shown, then deleted for good", async () => {
  const { json, cairn, folder } = cliProject();
  const nothing = { dryRun: false, runs: 0, models: 0, experiments: 0, bytes: 0 };
  expect(await json("runs-gc", ["runs", "gc"])).toEqual(nothing);
  expect(existsSync(path.join(folder, ".cairn"))).toBe(false);
  for (const name of ["one", "two"]) await cairn(["run", "--name", name, "--", "echo", "hello"]);
  const { runs } = (await json("runs-search", ["runs", "list"])) as { runs: { id: string; name: string }[] };
  const id = runs.find(({ name }) => name === "one")?.id ?? "";
  await json("runs-delete", ["runs", "delete", id]);
  const older = await json("runs-gc", ["runs", "gc", "--older-than", "1h", "--dry-run"]);
  expect(older).toEqual({ dryRun: true, runs: 0, bytes: 0, runIds: [] });
  const dry = await json("runs-gc", ["runs", "gc", "--older-than", "0d", "--dry-run"]);
  expect(dry).toMatchObject({ dryRun: true, runs: 1, runIds: [id] });
  expect((await cairn(["runs", "gc", "--dry-run", "--older-than", "0s"])).stdout).toContain(id);
  expect(await json("runs-gc", ["runs", "gc"])).toEqual(nothing);
  expect(await json("runs-gc", ["runs", "gc", "--older-than", "0d"])).toMatchObject({ runs: 1, models: 0 });
  expect(existsSync(path.join(folder, ".cairn", "launches", id))).toBe(false);
  expect((await json("runs-search", ["runs", "list", "--deleted"])).runs).toEqual([]);
  expect((await cairn(["runs", "restore", id])).code).toBe(1);
  expect((await json("runs-search", ["runs", "list"])).runs).toHaveLength(1);
  expect((await cairn(["runs", "gc", "--older-than", "soon"])).code).toBe(2);
});
