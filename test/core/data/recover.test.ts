import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { recoverStore } from "../../../src/core/data/index.ts";
import { noise, table, type TempData, tempData } from "./tempData.ts";

vi.setConfig({ testTimeout: 120_000 });

const content = (v: number) => table(3000, (i) => (i % 100 === v ? `_v${v}` : i % 100 < v ? "_old" : ""));

/** A project with eleven versions of a table, some packed, and two of a folder. */
async function filled(root: string): Promise<TempData> {
  const data = tempData(root);
  for (let v = 0; v < 11; v++) {
    data.write("t.csv", content(v));
    await data.add("t.csv", { message: `change ${v}` });
    if (v < 9) await data.pack();
  }
  for (const v of [1, 2]) {
    data.write("d/large.bin", noise(5 << 20, v));
    for (let i = 0; i < 20; i++) data.write(`d/${i}.txt`, `file ${i} of ${i < 3 ? v : 0}\n`.repeat(30));
    await data.add("d");
  }
  return data;
}

function folder(): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "cairn-recover-")));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return root;
}

const storeFiles = (root: string) =>
  readdirSync(path.join(root, ".cairn", "store"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes("."),
  );

async function expectWhole(data: TempData): Promise<void> {
  for (let v = 0; v < 11; v++) {
    await data.checkout(`t.csv@${v + 1}`, true);
    expect(data.read("t.csv")).toBe(content(v));
  }
  await data.checkout("d@1", true);
  expect(readFileSync(data.file("d/large.bin")).equals(noise(5 << 20, 1))).toBe(true);
  expect(data.read("d/1.txt")).toContain("of 1");
  const known = data.project.database.prepare("SELECT path FROM data_file WHERE state = 1").pluck().all();
  expect(storeFiles(data.root).sort()).toEqual(known.sort());
}

it("makes a lost database again from the store: contents, versions and what they are made of", async () => {
  const root = folder();
  const before = await filled(root);
  const told = before.project.sets
    .versions("t.csv")
    .map(({ number, md5, message, author, time }) => ({ number, md5, message, author, time }));
  const recipes = before.project.database
    .prepare("SELECT md5, recipe, bytes, base IS NOT NULL AS based, position FROM data_object ORDER BY md5")
    .all();
  before.project.database.close();
  for (const name of readdirSync(path.join(root, ".cairn")))
    if (name.startsWith("cairn.db")) rmSync(path.join(root, ".cairn", name));

  const data = tempData(root);
  expect(recoverStore(data.project)).toMatchObject({ versions: 13, unreadable: [] });
  expect(recoverStore(data.project)).toBeUndefined();
  expect(data.project.sets.versions("t.csv")).toMatchObject(told);
  expect(
    data.project.database
      .prepare("SELECT md5, recipe, bytes, base IS NOT NULL AS based, position FROM data_object ORDER BY md5")
      .all(),
  ).toEqual(recipes);
  await expectWhole(data);
  // And goes on as if nothing had been.
  data.write("t.csv", content(11));
  expect(await data.add("t.csv")).toMatchObject({ version: 12 });
  await data.pack();
  await expectWhole(data);
});

it("takes in what an older copy of the database does not know", async () => {
  const root = folder();
  const first = tempData(root);
  for (let v = 0; v < 4; v++) {
    first.write("t.csv", content(v));
    await first.add("t.csv");
  }
  const copy = path.join(root, "copy.db");
  await first.project.database.backup(copy);
  await first.pack();
  for (let v = 4; v < 11; v++) {
    first.write("t.csv", content(v));
    await first.add("t.csv");
    await first.pack();
  }
  first.project.database.close();
  for (const name of readdirSync(path.join(root, ".cairn")))
    if (name.startsWith("cairn.db")) rmSync(path.join(root, ".cairn", name));
  writeFileSync(path.join(root, ".cairn", "cairn.db"), readFileSync(copy));
  const data = tempData(root);
  expect(recoverStore(data.project)).toMatchObject({ contents: 11, unreadable: [] });
  expect(data.project.sets.versions("t.csv").map(({ number }) => number)).toEqual([
    11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
  ]);
  for (let v = 0; v < 11; v++) {
    await data.checkout(`t.csv@${v + 1}`, true);
    expect(data.read("t.csv")).toBe(content(v));
  }
});

it("leaves what it cannot read, names it, and takes the rest", async () => {
  const root = folder();
  const before = await filled(root);
  before.project.database.close();
  for (const name of readdirSync(path.join(root, ".cairn")))
    if (name.startsWith("cairn.db")) rmSync(path.join(root, ".cairn", name));
  const store = path.join(root, ".cairn", "store");
  const files = storeFiles(root).sort(
    (a, b) => Number(/\/(\d+)/.exec(a)?.[1]) - Number(/\/(\d+)/.exec(b)?.[1]),
  );
  const [cut = "", scribbled = "", rest = ""] = [files[3], files[4], files[5]];
  for (const name of [cut, scribbled]) chmodSync(path.join(store, name), 0o644);
  truncateSync(path.join(store, cut), 10);
  appendFileSync(path.join(store, scribbled), "CairnIx1");
  writeFileSync(path.join(store, path.dirname(rest), "99999.tmp"), "half made");
  const data = tempData(root);
  expect(recoverStore(data.project)?.unreadable.sort()).toEqual([cut, scribbled].sort());
  expect(data.project.sets.paths()).toEqual(["d", "t.csv"]);
  await data.checkout("t.csv@1", true);
  expect(data.read("t.csv")).toBe(content(0));
  expect(storeFiles(root)).not.toContain(`${path.dirname(rest)}/99999.tmp`);
  // Nothing new is written over what was left.
  for (let i = 0; i < 3; i++) {
    data.write("t.csv", content(20 + i));
    await data.add("t.csv");
  }
  expect(storeFiles(root)).toEqual(expect.arrayContaining([cut, scribbled]));
});
