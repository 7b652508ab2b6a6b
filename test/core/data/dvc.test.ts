import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  dirOid,
  encodeDirObject,
  md5OfFile,
  parseDirObject,
  readPointer,
  writePointer,
} from "../../../src/core/data/index.ts";
import { type DvcFolder, dvcFolder } from "./realDvc.ts";

let folder: DvcFolder;
beforeAll(async () => {
  folder = await dvcFolder();
}, 300_000);
afterAll(() => {
  folder.remove();
});

const cached = (oid: string) =>
  path.join(folder.root, ".dvc", "cache", "files", "md5", oid.slice(0, 2), oid.slice(2));

/** Names that YAML quotes, folds or could take for something else. */
const names = [
  "plain.csv",
  "with space.csv",
  "yes",
  "null",
  "123",
  "1.5e3",
  "2026-11-21",
  "# comment",
  "key: value",
  "it's.csv",
  'a "quoted" name',
  "- dash",
  "[list]",
  "{map}",
  "&anchor",
  "*alias",
  "!tag",
  "%percent",
  "@at",
  "ends with colon:",
  "Übung.csv",
  "数据.csv",
  "🧪.csv",
  "=",
  "2026-1-2 readings",
  "2026-11-21T10:00",
  "2026-11-21 10:00:00",
  "1_0.5",
  "0x1F",
  "0o17",
  "017",
  "1_000",
  "12:30:45",
  "True",
  "off",
  "Y",
  ".inf",
  "<<",
  "|",
  ">",
  "`tick`",
  "a #b",
  "a: b",
  ",comma",
  "?",
  "-",
  "\\back",
  "~",
];

test("a pointer file is what dvc add writes, byte for byte", { timeout: 300_000 }, async () => {
  const files = names.map((name) => folder.write(name, `content of ${name}\n`));
  folder.dvc("add", "--quiet", "--", ...names);
  for (const [i, name] of names.entries()) {
    const file = files[i] ?? "";
    const theirs = readFileSync(`${file}.dvc`, "utf8");
    const content = { md5: await md5OfFile(file), size: statSync(file).size };
    expect.soft(writePointer(name, content), name).toBe(theirs);
    expect(readPointer(`${name}.dvc`, theirs).pointer?.outs, name).toEqual([
      { ...content, hash: "md5", path: name },
    ]);
    expect.soft(writePointer(name, content, theirs), name).toBe(theirs);
  }
});

test("names that DVC folds over lines are read, and accepted unfolded", { timeout: 120_000 }, async () => {
  const long = [`${"with spaces ".repeat(15)}x.csv`, `${"long-".repeat(40)}x.csv`];
  for (const name of long) {
    const file = folder.write(name, name);
    folder.dvc("add", "--quiet", "--", name);
    const content = { md5: await md5OfFile(file), size: name.length };
    const theirs = readPointer("x.dvc", readFileSync(`${file}.dvc`, "utf8"));
    expect(theirs.pointer?.outs).toEqual([{ ...content, hash: "md5", path: name }]);
    writeFileSync(`${file}.dvc`, writePointer(name, content));
    expect(folder.dvc("status", `${name}.dvc`)).toContain("up to date");
  }
});

test(
  "a folder's object is what dvc add puts into its cache, byte for byte",
  { timeout: 120_000 },
  async () => {
    const inside = {
      "a.txt": "a",
      "b/c d.txt": "c",
      "b/é.txt": "e",
      "b/🧪.txt": "t",
      "b/\uFFEE.txt": "h",
      empty: "",
    };
    const entries = [];
    for (const [relpath, content] of Object.entries(inside)) {
      entries.push({ relpath, md5: await md5OfFile(folder.write(`data/${relpath}`, content)) });
    }
    folder.dvc("add", "--quiet", "data");
    const oid = dirOid(entries);
    const theirs = readFileSync(path.join(folder.root, "data.dvc"), "utf8");
    expect(writePointer("data", { md5: oid, size: 5, nfiles: 6 })).toBe(theirs);
    const object = readFileSync(cached(oid));
    expect(encodeDirObject(entries).equals(object)).toBe(true);
    expect(parseDirObject(object, oid).length).toBe(6);
  },
);

test(
  "dvc finds what a pointer of Cairn's names, and takes it for its own",
  { timeout: 120_000 },
  async () => {
    const file = folder.write("ours/readings.csv", "id,value\n1,2\n");
    const md5 = await md5OfFile(file);
    mkdirSync(path.dirname(cached(md5)), { recursive: true });
    copyFileSync(file, cached(md5));
    chmodSync(cached(md5), 0o444);
    writeFileSync(`${file}.dvc`, writePointer("readings.csv", { md5, size: 13 }));
    expect(folder.dvc("status", "ours/readings.csv.dvc")).toContain("up to date");
    rmSync(file);
    folder.dvc("checkout", "--quiet", "ours/readings.csv.dvc");
    expect(readFileSync(file, "utf8")).toBe("id,value\n1,2\n");
  },
);
