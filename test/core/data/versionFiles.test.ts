import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { currentData, extractFile, versionFiles } from "../../../src/core/data/index.ts";
import { noise, table, tempData } from "./tempData.ts";

test("a file of an old version is restored to be looked at, and the dataset stays as it is", async () => {
  const { project, write, read, add } = tempData();
  write("rows.csv", table(300));
  await add("rows.csv");
  write("rows.csv", table(400));
  await add("rows.csv");
  const first = await extractFile(project, { target: "rows.csv@1" });
  expect(readFileSync(first.file, "utf8")).toBe(table(300));
  expect(statSync(first.file).mode & 0o222).toBe(0);
  expect(first).toMatchObject({ path: "rows.csv", size: table(300).length });
  expect(read("rows.csv")).toBe(table(400));
  // Asked for again it is there; a day after that it goes with the next one.
  const { ino } = statSync(first.file);
  expect(statSync((await extractFile(project, { target: "rows.csv@1" })).file).ino).toBe(ino);
  utimesSync(path.dirname(first.file), new Date(0), new Date(0));
  await extractFile(project, { target: "rows.csv@2" });
  expect(existsSync(first.file)).toBe(false);
});

test("of a folder one file is restored, and the files of a version are listed with their sizes", async () => {
  const { project, root, write, add } = tempData();
  write("images/a.png", noise(5000));
  write("images/b/c.txt", "c\n");
  await add("images");
  const listed = await versionFiles(project, "images@1");
  expect(listed).toMatchObject({ path: "images", version: 1, isFolder: true });
  expect(listed.files.map(({ path: name, size }) => [name, size])).toEqual([
    ["a.png", 5000],
    ["b/c.txt", 2],
  ]);
  const to = path.join(root, "elsewhere", "copy.txt");
  await extractFile(project, { target: "images@1", file: "b/c.txt", to });
  expect(readFileSync(to, "utf8")).toBe("c\n");
  await expect(extractFile(project, { target: "images@1" })).rejects.toMatchObject({ code: "invalid" });
  await expect(extractFile(project, { target: "images@1", file: "d" })).rejects.toMatchObject({
    code: "notFound",
  });
});

test("a cancelled copy leaves no file behind", async () => {
  const { project, root, write, add, abort } = tempData();
  write("noise.bin", noise(3_000_000));
  await add("noise.bin");
  abort.abort();
  const to = path.join(root, "copies", "noise.bin");
  await expect(extractFile(project, { target: "noise.bin@1", to })).rejects.toMatchObject({
    code: "cancelled",
  });
  expect(existsSync(to)).toBe(false);
  if (existsSync(path.dirname(to))) expect(readdirSync(path.dirname(to))).toEqual([]);
});

test("what somebody has read is told by its content now, whether it is a dataset or not", async () => {
  const { project, write, add } = tempData();
  write("rows.csv", table(30));
  const { md5 } = await add("rows.csv");
  write("plain.txt", "not versioned\n");
  const look = () => currentData(project, ["rows.csv", "plain.txt", "gone.csv", "/elsewhere/file"]);
  expect(await look()).toMatchObject([
    { given: "rows.csv", state: "there", md5, version: 1, isDataset: true },
    { given: "plain.txt", state: "there", version: null, isDataset: false },
    { given: "gone.csv", state: "missing", md5: null },
    { given: "/elsewhere/file", state: "outside", path: null },
  ]);
  write("rows.csv", table(31));
  expect((await look())[0]).toMatchObject({ state: "there", version: null });
  await add("rows.csv");
  expect((await look())[0]).toMatchObject({ state: "there", version: 2 });
});
