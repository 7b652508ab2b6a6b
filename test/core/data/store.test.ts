import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { noise, table, tempData } from "./tempData.ts";

vi.setConfig({ testTimeout: 120_000 });

const storeFiles = (root: string) =>
  readdirSync(path.join(root, ".cairn", "store"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes("."),
  );

it("keeps 20 versions of a table, each restored byte for byte, in groups of eight with short chains", async () => {
  const { write, read, add, pack, checkout, project, root } = tempData();
  const contents = Array.from({ length: 20 }, (_, v) =>
    table(4000, (i) => (i % 100 === v ? `_v${v}` : i % 100 < v ? "_old" : "")),
  );
  for (const content of contents) {
    write("t.csv", content);
    await add("t.csv");
    expect(await pack()).toEqual({ left: 0, damaged: 0 });
  }
  const objects = project.sets.versions("t.csv").map(({ md5 }) => project.store.find(md5));
  const depth = (id: number | null): number =>
    id === null ? 0 : 1 + depth(project.store.objects.byId(id)?.parent ?? null);
  expect(Math.max(...objects.map(({ parent }) => depth(parent)))).toBe(3);
  const groups = Map.groupBy(objects, ({ base }) => base);
  expect([...groups.values()].map((group) => group.length)).toEqual([4, 8, 8]);
  expect(objects.filter(({ parent }) => parent === null)).toHaveLength(3);
  for (const [v, content] of contents.entries()) {
    await checkout(`t.csv@${v + 1}`);
    expect(read("t.csv")).toBe(content);
  }
  expect(storeFiles(root)).toHaveLength(20);
});

it("loses at most eight versions to a damaged file, and says which", async () => {
  const { write, add, pack, project, checkout, status } = tempData();
  for (let v = 0; v < 20; v++) {
    write(
      "t.csv",
      table(2000, (i) => (i % 50 === v ? "x" : "")),
    );
    await add("t.csv");
    await pack();
  }
  const base = project.store.find(project.sets.versions("t.csv").at(-9)?.md5 ?? "");
  expect(base.parent).toBe(null);
  const file = project.store.files.pathOf(base.path);
  chmodSync(file, 0o644);
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  let lost = 0;
  for (let v = 1; v <= 20; v++) {
    const failed = await checkout(`t.csv@${v}`).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined) continue;
    expect(failed).toMatchObject({ code: "corrupt", message: expect.stringContaining(base.md5) as string });
    lost++;
  }
  expect(lost).toBe(8);
  // What was there before a checkout that failed is there after it.
  expect((await status("t.csv")).datasets[0]?.state).toBe("unchanged");
});

it("stores a content once, however many files have it", async () => {
  const { write, add, project, status } = tempData();
  for (let i = 0; i < 30; i++) write(`d/${i}.bin`, noise(5000, i % 3));
  write("e.bin", noise(5000, 1));
  const { newBytes } = await add("d");
  expect(newBytes).toBeLessThan(3 * 5000 + 30 * 80);
  expect((await add("e.bin")).newBytes).toBe(0);
  // And what the files say of themselves.
  expect((await status()).bytes.store).toBeLessThan(3 * 5000 + 30 * 80 + 2 * 500);
  expect(project.store.objects.unpackedCount()).toBe(4);
});

it("leaves what does not get smaller where it lies, and moves the rest together", async () => {
  const { write, add, pack, checkout, project, root, file, read } = tempData();
  for (let i = 0; i < 5; i++) write(`images/${i}.png`, noise(3000, i));
  await add("images");
  const before = storeFiles(root).filter((name) => name.endsWith(".raw"));
  await pack();
  expect(storeFiles(root)).toEqual(expect.arrayContaining(before.slice(0, 1)));
  write("images/notes.txt", "much the same\n".repeat(500));
  write("images/9.png", noise(3000, 99));
  await add("images");
  await pack();
  const recipes = ["notes.txt", "9.png"].map((name) => {
    const md5 = project.contents
      .folder({ md5: project.sets.newest("images")?.md5 ?? "", isLegacy: false })
      .find(({ relpath }) => relpath === name)?.md5;
    return project.store.find(md5 ?? "").recipe;
  });
  expect(recipes).toEqual(["zstd", "raw"]);
  await checkout("images@1");
  expect(existsSync(file("images/9.png"))).toBe(false);
  await checkout("images@2");
  expect(readFileSync(file("images/9.png")).equals(noise(3000, 99))).toBe(true);
  expect(read("images/notes.txt")).toHaveLength(7000);
  for (const name of storeFiles(root))
    expect(statSync(path.join(root, ".cairn", "store", name)).mode & 0o222).toBe(0);
});

it("packs nothing beside a damaged content, and says so", async () => {
  const { write, add, pack, project, checkout } = tempData();
  write("t.csv", table(2000));
  await add("t.csv");
  const file = project.store.files.pathOf(project.store.find(project.sets.newest("t.csv")?.md5 ?? "").path);
  chmodSync(file, 0o644);
  writeFileSync(file, table(2000).replace("name", "nome"));
  expect(await pack()).toEqual({ left: 0, damaged: 1 });
  write("t.csv", table(1));
  await expect(checkout("t.csv", true)).rejects.toMatchObject({ code: "corrupt" });
});
