import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { artifactPathOf, openArtifactStore, type ArtifactStore } from "../../../src/core/artifacts/index.js";
import { CairnError } from "../../../src/shared/errors.js";

let folder: string;
let store: ArtifactStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn artifacts é "));
  await writeFile(join(folder, "secret"), "outside");
  store = openArtifactStore(join(folder, "root"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CairnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

async function text(path: string): Promise<string> {
  return (await buffer((await store.read(path)).stream)).toString("utf8");
}

describe("files", () => {
  it("are written, read, listed, replaced and removed", async () => {
    await store.write(
      "1/run/artifacts/plots/a b%.txt",
      Readable.from([Buffer.from("one"), Buffer.from("two")]),
    );
    await store.write("1/run/artifacts/empty", Readable.from([]));
    expect(await text("1/run/artifacts/plots/a b%.txt")).toBe("onetwo");
    expect(await text("1/run/artifacts/empty")).toBe("");
    expect(await store.list("1/run/artifacts")).toEqual([
      { path: "1/run/artifacts/empty", isDir: false, fileSize: 0 },
      { path: "1/run/artifacts/plots", isDir: true },
    ]);
    await store.write("1/run/artifacts/empty", Readable.from([Buffer.from("no longer")]));
    expect(await text("1/run/artifacts/empty")).toBe("no longer");
    await store.remove("1/run/artifacts/plots");
    expect(await store.list("1/run/artifacts/plots")).toEqual([]);
    expect(await codeOf(store.read("1/run/artifacts/plots/a b%.txt"))).toBe("notFound");
  });

  it("that are cut off in the middle leave nothing, and what stood there before stays", async () => {
    await store.write("model.bin", Readable.from([Buffer.from("whole")]));
    const cut = Readable.from(
      (async function* () {
        yield Buffer.from("ha");
        await Promise.resolve();
        throw new Error("aborted");
      })(),
    );
    expect(await codeOf(store.write("model.bin", cut))).toBe("internal");
    expect(await text("model.bin")).toBe("whole");
    expect(await readdir(store.root, { recursive: true })).toEqual([".uploads", "model.bin"]);
    expect(await store.list("")).toEqual([{ path: "model.bin", isDir: false, fileSize: 5 }]);
  });

  it("that a killed process was receiving are gone with the next write", async () => {
    await mkdir(join(store.root, ".uploads"));
    await writeFile(join(store.root, ".uploads", "half"), "ha");
    for (const path of [".uploads/half", ".UPLOADS/half", "./.uploads/half"])
      expect(await codeOf(store.read(path))).toBe("invalid");
    await store.write("a", Readable.from([Buffer.from("x")]));
    expect(await readdir(join(store.root, ".uploads"))).toEqual([]);
  });

  it("that come and go while they are read are there or not, and never refused", async () => {
    const file = join(store.root, "comes");
    let ended = false;
    const writing = (async () => {
      for (let i = 0; i < 400; i++) {
        await writeFile(file, "x");
        await rm(file);
      }
      ended = true;
    })();
    const codes = new Set<string>();
    while (!ended) codes.add(await codeOf(store.read("comes").then(({ stream }) => void stream.destroy())));
    await writing;
    expect([...codes].filter((code) => code !== "notFound" && code !== "nothing thrown")).toEqual([]);
  });

  it("cannot take the place of a folder, nor a folder that of a file", async () => {
    await store.write("a/b", Readable.from([Buffer.from("x")]));
    expect(await codeOf(store.write("a", Readable.from([Buffer.from("x")])))).toBe("invalid");
    expect(await codeOf(store.write("a/b/c", Readable.from([Buffer.from("x")])))).toBe("invalid");
    expect(await codeOf(store.write("", Readable.from([])))).toBe("invalid");
    expect(await codeOf(store.remove(""))).toBe("invalid");
    expect(await text("a/b")).toBe("x");
    expect((await readdir(store.root, { recursive: true })).sort()).toEqual([".uploads", "a", "a/b"]);
  });
});

describe("paths", () => {
  const outside = [
    "../secret",
    "a/../../secret",
    "/etc/passwd",
    "%2e%2e/secret",
    "%252e%252e%252fsecret",
    "..%2Fsecret",
    "a\\..\\..\\secret",
    "C:/secret",
    "file:///etc/passwd",
    "a\0b",
    "a#b",
    "x".repeat(5000),
  ];

  it.each(outside)("%j is refused by all four calls", async (path) => {
    expect(await codeOf(store.read(path))).toBe("invalid");
    expect(await codeOf(store.list(path))).toBe("invalid");
    expect(await codeOf(store.remove(path))).toBe("invalid");
    expect(await codeOf(store.write(path, Readable.from([Buffer.from("x")])))).toBe("invalid");
    expect(await readFile(join(folder, "secret"), "utf8")).toBe("outside");
  });

  it("do not lead outside through a link, whole, dangling or in the middle", async () => {
    await mkdir(join(folder, "elsewhere"));
    await symlink(join(folder, "secret"), join(store.root, "file"));
    await symlink(join(folder, "elsewhere"), join(store.root, "dir"));
    await symlink(join(folder, "absent"), join(store.root, "dangling"));
    for (const path of ["file", "dir", "dir/new", "dangling", "dangling/new"]) {
      expect(await codeOf(store.read(path)), path).toBe("invalid");
      expect(await codeOf(store.write(path, Readable.from([Buffer.from("x")]))), path).toBe("invalid");
      expect(await codeOf(store.remove(path)), path).toBe("invalid");
    }
    expect((await readdir(folder)).sort()).toEqual(["elsewhere", "root", "secret"]);
    expect(await readdir(join(folder, "elsewhere"))).toEqual([]);
  });

  it("of any kind never touch what is beside the root", async () => {
    const part = fc.constantFrom("..", ".", "", "a", "%2e%2e", "..%2f", "\\", "\0", "C:", "~", "é", " ");
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const path = parts.join("/");
        const code = await codeOf(store.write(path, Readable.from([Buffer.from("x")])));
        expect(["invalid", "nothing thrown"]).toContain(code);
        expect((await readdir(folder)).sort()).toEqual(["root", "secret"]);
        expect(await readFile(join(folder, "secret"), "utf8")).toBe("outside");
      }),
      { numRuns: 500 },
    );
  });
});

it("finds a URI's place below the root, and says of others that they have none", () => {
  expect(artifactPathOf("mlflow-artifacts:/1/abc/artifacts")).toBe("1/abc/artifacts");
  expect(artifactPathOf("mlflow-artifacts://host:5000/1/abc/artifacts")).toBe("1/abc/artifacts");
  expect(artifactPathOf("s3://bucket/1")).toBeUndefined();
});
