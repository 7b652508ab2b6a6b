import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type DvcFolder, dvcFolder } from "./realDvc.ts";
import { noise, table, tempData } from "./tempData.ts";

let folder: DvcFolder;
beforeAll(async () => {
  folder = await dvcFolder();
}, 300_000);
beforeEach(() => rmSync(path.join(folder.root, ".cairn"), { recursive: true, force: true }));
afterAll(() => {
  folder.remove();
});

test("dvc checks out what Cairn added, files and folders", { timeout: 120_000 }, async () => {
  const data = tempData(folder.root);
  data.write("ours.csv", table(500));
  for (const name of ["a.txt", "sub/é.txt", "sub/deep/🧪.bin"])
    data.write(`ours/${name}`, noise(3000, name.length));
  await data.add("ours.csv", { dvcCache: true });
  await data.add("ours");
  await data.pack();
  expect(folder.dvc("status", "ours.csv.dvc", "ours.dvc")).toContain("up to date");
  rmSync(data.file("ours.csv"));
  rmSync(data.file("ours"), { recursive: true });
  folder.dvc("checkout", "ours.csv.dvc", "ours.dvc");
  expect(data.read("ours.csv")).toBe(table(500));
  expect(readFileSync(data.file("ours/sub/deep/🧪.bin")).equals(noise(3000, 15))).toBe(true);
  expect((await data.status("ours", "ours.csv")).datasets.map(({ state }) => state)).toEqual([
    "unchanged",
    "unchanged",
  ]);
  expect(folder.dvc("add", "ours", "ours.csv")).toBeDefined();
  expect((await data.status("ours")).datasets[0]).toMatchObject({ state: "unchanged", version: 1 });
});

test("Cairn reads and checks out what dvc added", { timeout: 120_000 }, async () => {
  const data = tempData(folder.root);
  data.write("theirs.csv", table(300));
  data.write("theirs/a/b.txt", "b");
  data.write("theirs/c.txt", "c");
  data.write("theirs/left-out.tmp", "x");
  writeFileSync(data.file(".dvcignore"), "*.tmp\n");
  folder.dvc("add", "--quiet", "theirs.csv", "theirs");
  const before = await data.status("theirs", "theirs.csv");
  expect(before.datasets).toMatchObject([
    { path: "theirs", state: "unchanged", stored: true, version: null },
    { path: "theirs.csv", state: "unchanged", stored: true, version: null },
  ]);
  expect(before.bytes.dvcCache).toBeGreaterThan(table(300).length);
  for (const name of ["theirs.csv", "theirs/a/b.txt"]) rmSync(data.file(name));
  expect((await data.status("theirs")).datasets[0]).toMatchObject({
    state: "modified",
    removed: ["a/b.txt"],
  });
  expect(await data.checkout("theirs")).toMatchObject({ written: 1, kept: 1, version: null });
  await data.checkout("theirs.csv");
  expect(data.read("theirs.csv")).toBe(table(300));
  const text = data.read("theirs.dvc");
  expect(await data.add("theirs")).toMatchObject({ version: 1, wrote: [] });
  expect(data.read("theirs.dvc")).toBe(text);
});

test("outputs of dvc.lock are datasets too", { timeout: 120_000 }, async () => {
  const data = tempData(folder.root);
  data.write(
    "dvc.yaml",
    "stages:\n  make:\n    cmd: mkdir -p out && echo made > out/made.txt && echo one > one.txt\n    outs: [out, one.txt]\n",
  );
  folder.dvc("repro", "--quiet");
  const lock = data.read("dvc.lock");
  expect((await data.status("out", "one.txt")).datasets).toMatchObject([
    { path: "out", state: "unchanged", pointer: "dvc.lock", stored: true },
    { path: "one.txt", state: "unchanged" },
  ]);
  rmSync(data.file("out"), { recursive: true });
  await data.checkout("out");
  expect(data.read("out/made.txt")).toBe("made\n");
  expect(existsSync(data.file("out.dvc"))).toBe(false);
  expect(data.read("dvc.lock")).toBe(lock);
  await expect(data.add("out")).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("make") as string,
  });
});

test(
  "pointers and cache of DVC before version 3 are read by their own hash",
  { timeout: 120_000 },
  async () => {
    const data = tempData(folder.root);
    // As such a version left them: the hash is of the text with LF, and there is no `hash`.
    data.write("old.csv", "a,b\r\n1,2\r\n");
    const md5 = "ffc2fcc2c3ff75be5e0f2cb5cd0d0d2d";
    const { createHash } = await import("node:crypto");
    const legacy = createHash("md5").update("a,b\n1,2\n").digest("hex");
    expect(legacy).not.toBe(md5);
    data.write("old.csv.dvc", `outs:\n- md5: ${legacy}\n  size: 10\n  path: old.csv\n`);
    data.write(`.dvc/cache/${legacy.slice(0, 2)}/${legacy.slice(2)}`, "a,b\r\n1,2\r\n");
    expect(folder.dvc("status", "old.csv.dvc")).toContain("up to date");
    expect((await data.status("old.csv")).datasets[0]).toMatchObject({ state: "unchanged", stored: true });
    rmSync(data.file("old.csv"));
    await data.checkout("old.csv");
    expect(data.read("old.csv")).toBe("a,b\r\n1,2\r\n");
    expect(folder.dvc("status", "old.csv.dvc")).toContain("up to date");
  },
);

test("Cairn waits for a dvc that is at work", { timeout: 120_000 }, async () => {
  const data = tempData(folder.root);
  data.write("held.csv", table(10));
  const lock = { [data.file("held.csv")]: { write: { pid: process.pid, cmd: "dvc repro" }, read: [] } };
  data.write(".dvc/tmp/rwlock", JSON.stringify(lock));
  await expect(data.add("held.csv")).rejects.toMatchObject({
    code: "busy",
    message: expect.stringContaining("DVC") as string,
  });
  data.write(".dvc/tmp/rwlock", "{}");
  expect(await data.add("held.csv")).toMatchObject({ version: 1 });
});
