import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { noise, table, type TempData, tempData } from "./tempData.ts";

vi.setConfig({ testTimeout: 120_000 });

const content = (v: number) => table(3000, (i) => (i % 100 === v ? `_v${v}` : i % 100 < v ? "_old" : ""));

/** Changes one byte of a content where it lies. */
function damage({ project }: TempData, md5: string): void {
  const { path: name, offset, bytes } = project.store.find(md5);
  const file = project.store.files.pathOf(name);
  const all = readFileSync(file);
  all.writeUInt8(all.readUInt8(offset + (bytes >> 1)) ^ 1, offset + (bytes >> 1));
  chmodSync(file, 0o644);
  writeFileSync(file, all);
}

async function versions(count: number, dvc = false): Promise<TempData> {
  const data = tempData();
  if (dvc) mkdirSync(path.join(data.root, ".dvc"));
  // DVC's folder is looked for when the project is opened.
  const own = dvc ? tempData(data.root) : data;
  for (let v = 0; v < count; v++) {
    own.write("t.csv", content(v));
    await own.add("t.csv", { dvcCache: dvc });
    await own.pack();
  }
  return own;
}

it("names what is damaged, and is whole again with the children when that is added again", async () => {
  const data = await versions(4);
  const md5s = data.project.sets
    .versions("t.csv")
    .map(({ md5 }) => md5)
    .reverse();
  const [base = ""] = md5s;
  damage(data, base);
  data.write("t.csv", "mine");
  for (const v of [4, 3, 2, 1])
    await expect(data.checkout(`t.csv@${v}`, true)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining(base) as string,
    });
  expect(data.read("t.csv")).toBe("mine");
  data.write("t.csv", content(0));
  expect(await data.add("t.csv")).toMatchObject({ md5: base });
  for (let v = 0; v < 4; v++) {
    await data.checkout(`t.csv@${v + 1}`, true);
    expect(data.read("t.csv")).toBe(content(v));
  }
  expect(await data.pack()).toEqual({ left: 0, damaged: 0 });
  for (let v = 0; v < 4; v++) {
    await data.checkout(`t.csv@${v + 1}`, true);
    expect(data.read("t.csv")).toBe(content(v));
  }
});

it("takes a damaged content from DVC's cache, and stores it again", async () => {
  const data = await versions(3, true);
  const md5s = data.project.sets
    .versions("t.csv")
    .map(({ md5 }) => md5)
    .reverse();
  for (const md5 of md5s) damage(data, md5);
  for (let v = 0; v < 3; v++) {
    await data.checkout(`t.csv@${v + 1}`, true);
    expect(data.read("t.csv")).toBe(content(v));
  }
  rmSync(path.join(data.root, ".dvc", "cache"), { recursive: true });
  for (let v = 0; v < 3; v++) {
    await data.checkout(`t.csv@${v + 1}`, true);
    expect(data.read("t.csv")).toBe(content(v));
  }
});

it("restores the rest of a large folder from the cache where its contents are damaged", async () => {
  const data = tempData();
  mkdirSync(path.join(data.root, ".dvc"));
  const own = tempData(data.root);
  for (let i = 0; i < 6; i++) own.write(`d/${i}.bin`, noise(5 << 20, i));
  await own.add("d", { dvcCache: true });
  for (const name of ["2", "4"]) {
    const list = own.project.contents.folder({
      md5: own.project.sets.newest("d")?.md5 ?? "",
      isLegacy: false,
    });
    damage(own, list.find(({ relpath }) => relpath === `${name}.bin`)?.md5 ?? "");
  }
  rmSync(own.file("d"), { recursive: true });
  expect(await own.checkout("d")).toMatchObject({ written: 6 });
  for (let i = 0; i < 6; i++)
    expect(readFileSync(own.file(`d/${i}.bin`)).equals(noise(5 << 20, i))).toBe(true);
});

it("packs nothing on what is damaged", async () => {
  const data = tempData();
  data.write("t.bin", noise(200_000));
  await data.add("t.bin");
  await data.pack();
  const [first] = data.project.sets.versions("t.bin");
  damage(data, first?.md5 ?? "");
  data.write("t.bin", Buffer.concat([noise(200_000), noise(10, 2)]));
  await data.add("t.bin");
  expect(await data.pack()).toEqual({ left: 0, damaged: 1 });
  await data.checkout("t.bin@2", true);
  await expect(data.checkout("t.bin@1", true)).rejects.toMatchObject({ code: "corrupt" });
});
