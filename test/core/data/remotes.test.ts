import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { addRemote, listRemotes, pullData, pushData, removeRemote } from "../../../src/core/data/index.ts";
import { type DvcFolder, dvcFolder } from "./realDvc.ts";
import { noise, table, tempData } from "./tempData.ts";

vi.setConfig({ testTimeout: 120_000 });

let folder: DvcFolder;
beforeAll(async () => {
  folder = await dvcFolder();
}, 300_000);
beforeEach(() => {
  for (const name of [".cairn", "storage"])
    rmSync(path.join(folder.root, name), { recursive: true, force: true });
  writeFileSync(path.join(folder.root, ".dvc", "config"), "[core]\n    no_scm = True\n");
  rmSync(path.join(folder.root, ".dvc", "cache"), { recursive: true, force: true });
});
afterAll(() => {
  folder.remove();
});

const add = (root: string, name: string, url: string, isDefault = true) =>
  addRemote(root, { name, url, cwd: root, isDefault, force: false, local: false, options: {} });

const objectsIn = (storage: string) =>
  existsSync(storage)
    ? readdirSync(storage, { recursive: true, encoding: "utf8" }).filter((name) => /[0-9a-f]{30}/.test(name))
    : [];

test("dvc sees the remotes that Cairn writes, and Cairn those that dvc writes", async () => {
  const { root } = tempData(folder.root);
  await add(root, "ours", "storage/ours");
  folder.dvc("remote", "add", "theirs", "storage/theirs");
  folder.dvc("remote", "add", "--local", "mine", "s3://bucket/a b");
  expect(folder.dvc("remote", "list")).toContain(path.join(root, "storage", "ours"));
  expect(listRemotes(root)).toEqual([
    { name: "mine", url: "s3://bucket/a b", isDefault: false },
    { name: "ours", url: path.join(root, "storage", "ours"), isDefault: true },
    { name: "theirs", url: path.join(root, "storage", "theirs"), isDefault: false },
  ]);
  expect(await removeRemote(root, "ours")).toEqual([".dvc/config"]);
  expect(folder.dvc("remote", "list")).not.toContain("ours");
  expect(folder.dvc("config", "core.no_scm").trim().toLowerCase()).toBe("true");
});

test("dvc pulls what Cairn pushed, packed and never in DVC's cache", async () => {
  const data = tempData(folder.root);
  await add(data.root, "origin", "storage");
  const contents = [table(3000), table(3000, (i) => (i % 100 === 3 ? "x" : ""))];
  for (const content of contents) {
    data.write("t.csv", content);
    await data.add("t.csv");
    await data.pack();
  }
  for (const name of ["a.txt", "sub/é.txt", "sub/deep/🧪.bin"])
    data.write(`d/${name}`, noise(3000, name.length));
  await data.add("d");
  await data.pack();
  expect(data.project.store.find(data.project.sets.newest("t.csv")?.md5 ?? "").recipe).toBe("lines");
  const first = await pushData(data.project, { paths: [] });
  expect(first).toMatchObject({ remote: "origin", sent: 5, present: 0, skipped: [] });
  expect(await pushData(data.project, { paths: [] })).toMatchObject({ sent: 0, present: 5 });
  for (const name of ["t.csv", "d"]) rmSync(data.file(name), { recursive: true });
  rmSync(path.join(data.root, ".dvc", "cache"), { recursive: true, force: true });
  folder.dvc("pull", "t.csv.dvc", "d.dvc");
  expect(data.read("t.csv")).toBe(contents[1]);
  expect(readFileSync(data.file("d/sub/deep/🧪.bin")).equals(noise(3000, 15))).toBe(true);
});

test("Cairn pulls what dvc pushed, and checks it out", async () => {
  const data = tempData(folder.root);
  folder.dvc("remote", "add", "-d", "origin", "storage");
  data.write("theirs.csv", table(2000));
  for (let i = 0; i < 20; i++) data.write(`pics/${i}.bin`, noise(2000, i));
  folder.dvc("add", "--quiet", "theirs.csv", "pics");
  folder.dvc("push", "theirs.csv.dvc", "pics.dvc");
  for (const name of ["theirs.csv", "pics", ".dvc/cache"]) rmSync(data.file(name), { recursive: true });
  const pulled = await pullData(data.project, { paths: ["theirs.csv", "pics"] });
  expect(pulled).toMatchObject({ remote: "origin", fetched: 22, present: 0 });
  expect(pulled.datasets).toMatchObject([
    { path: "pics", state: "checkedOut" },
    { path: "theirs.csv", state: "checkedOut" },
  ]);
  expect(data.read("theirs.csv")).toBe(table(2000));
  expect(folder.dvc("status", "theirs.csv.dvc", "pics.dvc")).not.toContain("modified");
  expect(await pullData(data.project, { paths: ["theirs.csv", "pics"] })).toMatchObject({ fetched: 0 });
});

test("a changed file stays as it is, and what came is there", async () => {
  const data = tempData(folder.root);
  folder.dvc("remote", "add", "-d", "origin", "storage");
  data.write("held.csv", table(200));
  folder.dvc("add", "--quiet", "held.csv");
  folder.dvc("push", "held.csv.dvc");
  rmSync(data.file(".dvc/cache"), { recursive: true });
  data.write("held.csv", "mine");
  const pulled = await pullData(data.project, { paths: ["held.csv"] });
  expect(pulled.datasets).toMatchObject([{ path: "held.csv", state: "kept" }]);
  expect(pulled.fetched).toBe(1);
  expect(data.read("held.csv")).toBe("mine");
});

test("contents by the hash of an older DVC go both ways in their own layout", async () => {
  const data = tempData(folder.root);
  await add(data.root, "origin", "storage");
  const { createHash } = await import("node:crypto");
  const legacy = createHash("md5").update("a,b\n1,2\n").digest("hex");
  const cached = `.dvc/cache/${legacy.slice(0, 2)}/${legacy.slice(2)}`;
  data.write("old.csv.dvc", `outs:\n- md5: ${legacy}\n  size: 10\n  path: old.csv\n`);
  data.write(cached, "a,b\r\n1,2\r\n");
  expect(await pushData(data.project, { paths: ["old.csv"] })).toMatchObject({ sent: 1 });
  expect(objectsIn(data.file("storage"))).toEqual([path.join(legacy.slice(0, 2), legacy.slice(2))]);
  rmSync(data.file(".dvc/cache"), { recursive: true });
  folder.dvc("pull", "old.csv.dvc");
  expect(data.read("old.csv")).toBe("a,b\r\n1,2\r\n");
  for (const name of [".dvc/cache", "old.csv"]) rmSync(data.file(name), { recursive: true });
  expect(await pullData(data.project, { paths: ["old.csv"] })).toMatchObject({ fetched: 1 });
  expect(data.read("old.csv")).toBe("a,b\r\n1,2\r\n");
  rmSync(data.file("old.csv.dvc"));
});

test("a damaged object of the remote is refused by its hash, and sent again when its size tells", async () => {
  const data = tempData();
  mkdirSync(data.file(".git"));
  await add(data.root, "origin", "storage");
  data.write("t.csv", table(500));
  await data.add("t.csv");
  await pushData(data.project, { paths: [] });
  const [name = ""] = objectsIn(data.file("storage"));
  const object = path.join(data.root, "storage", name);
  rmSync(object);
  writeFileSync(object, table(500).replace("name", "nome"));
  const other = tempData();
  mkdirSync(other.file(".git"));
  await add(other.root, "origin", data.file("storage"));
  other.write("t.csv.dvc", data.read("t.csv.dvc"));
  await expect(pullData(other.project, { paths: [] })).rejects.toMatchObject({
    code: "corrupt",
    message: expect.stringContaining(name.slice(-30)) as string,
  });
  expect(existsSync(other.file("t.csv"))).toBe(false);
  rmSync(object);
  writeFileSync(object, table(500).slice(0, 100));
  expect(await pushData(data.project, { paths: [] })).toMatchObject({ sent: 1, present: 0 });
  expect(await pullData(other.project, { paths: [] })).toMatchObject({ fetched: 1 });
  expect(other.read("t.csv")).toBe(table(500));
});

test("what nobody has is named, and all else is sent; a folder's list only when its files are there", async () => {
  const data = tempData();
  mkdirSync(data.file(".git"));
  await add(data.root, "origin", "storage");
  data.write("t.csv", table(10));
  await data.add("t.csv");
  data.write("gone.csv.dvc", `outs:\n- md5: ${"a1".repeat(16)}\n  size: 3\n  hash: md5\n  path: gone.csv\n`);
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({
    code: "notFound",
    message: expect.stringContaining("gone.csv") as string,
  });
  expect(objectsIn(data.file("storage"))).toHaveLength(1);
  await expect(pullData(data.project, { paths: [] })).rejects.toMatchObject({ code: "notFound" });
  data.abort.abort();
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({});
  expect(readdirSync(data.file("storage")).filter((name) => name.startsWith(".cairn"))).toEqual([]);
});

test("a damaged content of the store is fetched again, and all that is made of it is whole", async () => {
  const data = tempData();
  mkdirSync(data.file(".git"));
  await add(data.root, "origin", "storage");
  const versions = [0, 1, 2, 3].map((v) => table(3000, (i) => (i % 100 === v ? `_v${v}` : "")));
  for (const content of versions) {
    data.write("t.csv", content);
    await data.add("t.csv");
    await data.pack();
    await pushData(data.project, { paths: [] });
  }
  const md5s = data.project.sets.versions("t.csv").map(({ md5 }) => md5);
  const first = data.project.store.find(md5s.at(-1) ?? "");
  const damaged = data.project.store.files.pathOf(first.path);
  chmodSync(damaged, 0o644);
  const bytes = readFileSync(damaged);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(damaged, bytes);
  for (const [v, content] of versions.entries()) {
    await data.checkout(`t.csv@${v + 1}`);
    expect(data.read("t.csv")).toBe(content);
  }
  // One object came, not each version; and it is packed again like any other.
  expect(data.project.store.objects.unpackedCount()).toBe(1);
  expect(await data.pack()).toEqual({ left: 0, damaged: 0 });
  await data.checkout("t.csv@2");
  await data.checkout("t.csv@4");
  expect(data.read("t.csv")).toBe(versions[3]);
});
