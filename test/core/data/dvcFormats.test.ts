import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  byCodePoint,
  dirOid,
  encodeDirObject,
  legacyMd5OfFile,
  md5OfFile,
  parseDirObject,
  readPointer,
  writePointer,
} from "../../../src/core/data/index.ts";

const md5 = (text: string | Buffer) => createHash("md5").update(text).digest("hex");
const entriesOf = (files: Record<string, string>) =>
  Object.entries(files).map(([relpath, content]) => ({ relpath, md5: md5(content) }));

function fileWith(content: string | Buffer): string {
  const folder = mkdtempSync(path.join(tmpdir(), "cairn-dvc-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = path.join(folder, "file");
  writeFileSync(file, content);
  return file;
}

describe("a folder's object", () => {
  /** Hashes that DVC's own tests publish, and one with a name outside ASCII. */
  it.each([
    ["1f69c66028c35037e8bf67e5bc4ceb6a.dir", { bar: "bar\n", baz: "baz\n" }],
    ["5ea40360f5b4ec688df672a4db9c17d1.dir", { foo: "foo", bar: "bar" }],
    ["5fb6b29836c388e093ca0715c872fe2a.dir", { 1: "1", 2: "2" }],
    [
      "1aca2c799df82929bbdd976557975546.dir",
      { foo: "foo", bar: "bar", "subdir/subfoo": "subfoo", "subdir/subbar": "subbar" },
    ],
    [
      "027cb9c42752311c09ae3fc49f925ddc.dir",
      { "a.txt": "foo", "b.txt": "bar", "sub/c.txt": "baz\n", "é.txt": "u" },
    ],
  ])("has DVC's id %s", (oid, files) => {
    expect(dirOid(entriesOf(files))).toBe(oid);
  });

  it("is sorted by code point", () => {
    const above = "\u{1F9EA}.txt";
    const below = "\uFFEE.txt";
    expect([above, below].sort()).toEqual([above, below]);
    expect([above, below].sort(byCodePoint)).toEqual([below, above]);
    expect(encodeDirObject(entriesOf({ [above]: "", [below]: "" })).toString()).toMatch(/uffee.*ud83e/);
  });

  it("is read back as it was written", () => {
    const name = fc
      .string({ unit: "binary", minLength: 1 })
      .filter((text) => !/[/\\\0]|^\.{1,2}$|^[a-z]:/i.test(text));
    const relpath = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(fc.uniqueArray(relpath, { maxLength: 20 }), (names) => {
        const entries = names.map((each) => ({ relpath: each, md5: md5(each) }));
        const again = parseDirObject(encodeDirObject(entries), "x.dir");
        expect(again).toEqual(entries.sort((a, b) => byCodePoint(a.relpath, b.relpath)));
      }),
    );
  });

  it.each([
    ["not JSON", "[{"],
    ["no list", '{"md5": "x"}'],
    ["a wrong hash", '[{"md5": "12", "relpath": "a"}]'],
    ["a path above", `[{"md5": "${md5("")}", "relpath": "../a"}]`],
    ["a path from the root", `[{"md5": "${md5("")}", "relpath": "/etc/passwd"}]`],
    ["a drive", `[{"md5": "${md5("")}", "relpath": "C:/a"}]`],
    ["a path twice", `[{"md5": "${md5("")}", "relpath": "a"}, {"md5": "${md5("")}", "relpath": "a"}]`],
  ])("is refused with %s", (_what, text) => {
    expect(() => parseDirObject(Buffer.from(text), "ab/cd.dir")).toThrow(/ab\/cd\.dir/);
  });
});

describe("hashes of files", () => {
  it("are the MD5 of the bytes", async () => {
    const file = fileWith("one\r\ntwo\r\n");
    expect(await md5OfFile(file)).toBe(md5("one\r\ntwo\r\n"));
    expect(await md5OfFile(fileWith(""))).toBe("d41d8cd98f00b204e9800998ecf8427e");
  });

  it("of DVC before version 3 overlook how lines end, in text", async () => {
    expect(await legacyMd5OfFile(fileWith("one\r\ntwo\r\n"))).toBe(md5("one\ntwo\n"));
    expect(await legacyMd5OfFile(fileWith("one\rtwo"))).toBe(md5("one\rtwo"));
    const binary = Buffer.from("\0\r\n\r\n");
    expect(await legacyMd5OfFile(fileWith(binary))).toBe(md5(binary));
  });

  it("of DVC before version 3 decide block by block, and leave a line end that two blocks share", async () => {
    const first = Buffer.alloc(1 << 20, "a");
    first[first.length - 1] = 13;
    const second = Buffer.from("\nsecond\r\n");
    expect(await legacyMd5OfFile(fileWith(Buffer.concat([first, second])))).toBe(
      md5(Buffer.concat([first, Buffer.from("\nsecond\n")])),
    );
    const binary = Buffer.alloc(1 << 20, 0);
    binary.write("\r\n", 600);
    expect(await legacyMd5OfFile(fileWith(Buffer.concat([binary, Buffer.from("text\r\n")])))).toBe(
      md5(Buffer.concat([binary, Buffer.from("text\n")])),
    );
  });
});

describe("a pointer file", () => {
  const oid = md5("foo");

  it("is written as DVC writes it", () => {
    expect(writePointer("foo", { md5: oid, size: 3 })).toBe(
      `outs:\n- md5: ${oid}\n  size: 3\n  hash: md5\n  path: foo\n`,
    );
    expect(writePointer("data", { md5: `${oid}.dir`, size: 6, nfiles: 2 })).toBe(
      `outs:\n- md5: ${oid}.dir\n  size: 6\n  nfiles: 2\n  hash: md5\n  path: data\n`,
    );
  });

  it("keeps comments, descriptions and keys that are not Cairn's", () => {
    const previous = [
      "# Who counts the readings",
      "desc: from the meters # in the cellar",
      "outs:",
      `- md5: ${md5("old")} # the first`,
      "  size: 3",
      "  path: foo",
      "  desc: readings",
      "  labels: [a, b]",
      "  x-later: {kept: true}",
      "meta:",
      "  owner: us",
      "",
    ].join("\n");
    const text = writePointer("foo", { md5: oid, size: 33 }, previous);
    for (const kept of [
      "# Who counts",
      "# in the cellar",
      "# the first",
      "desc: readings",
      "x-later",
      "owner: us",
    ])
      expect(text).toContain(kept);
    const { pointer, problems } = readPointer("foo.dvc", text);
    expect(problems).toEqual([]);
    expect(pointer?.outs[0]).toMatchObject({
      md5: oid,
      size: 33,
      hash: "md5",
      path: "foo",
      labels: ["a", "b"],
    });
    expect(text.indexOf("hash: md5")).toBeLessThan(text.indexOf("path: foo"));
  });

  it("is read back whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), (name) => {
        const { pointer, problems } = readPointer("x.dvc", writePointer(name, { md5: oid, size: 1 }));
        expect(problems).toEqual([]);
        expect(pointer?.outs).toEqual([{ md5: oid, size: 1, hash: "md5", path: name }]);
      }),
    );
  });

  it.each([
    ["", "foo.dvc:1:1"],
    ["outs: []", "foo.dvc:1:7"],
    ["outs:\n- path: foo\n  md5: nonsense\n", "foo.dvc:3:8"],
    ["outs:\n- md5: [1\n", "foo.dvc:"],
    ["outs:\n- path: foo\n  size: -3\n", "foo.dvc:3:9"],
  ])("that is malformed is told by place: %j", (text, place) => {
    const { pointer, problems } = readPointer("foo.dvc", text);
    expect(pointer).toBeUndefined();
    expect(problems[0]).toContain(place);
  });

  it("never throws, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (noise) => {
        expect(readPointer("x.dvc", noise)).toHaveProperty("problems");
        expect(readPointer("x.dvc", `outs:\n- ${noise}`)).toHaveProperty("problems");
      }),
    );
  });
});
