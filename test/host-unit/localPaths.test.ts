import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insideOf, localFolder, localPath } from "../../src/host/runs/localPaths.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-paths-"));
const inner = path.join(folder, "artifacts");

beforeAll(() => {
  mkdirSync(path.join(inner, "sub"), { recursive: true });
  writeFileSync(path.join(folder, "secret"), "x");
  writeFileSync(path.join(inner, 'a "b" <c>.txt'), "x");
  symlinkSync(path.join(folder, "secret"), path.join(inner, "link"));
  symlinkSync(folder, path.join(inner, "sub", "up"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("insideOf", () => {
  it("leads to files of the folder and nowhere else", async () => {
    expect(await insideOf(inner, 'a "b" <c>.txt')).toEqual({ path: path.join(inner, 'a "b" <c>.txt') });
    for (const bad of ["../secret", "sub/../../secret", "/etc/passwd", "link", "sub/up/secret", "", "."])
      expect([bad, await insideOf(inner, bad)]).toEqual([bad, { reason: "outside" }]);
    expect(await insideOf(inner, "none")).toEqual({ reason: "missing" });
    expect(await insideOf(inner, "a\0b")).toEqual({ reason: "missing" });
  });
});

describe("localPath", () => {
  it("is of this machine, never an address or a share of the network", () => {
    expect(localPath("src/a.py", "/p")).toBe(path.resolve("/p/src/a.py"));
    expect(localPath("/abs/a.py", "/p")).toBe(path.resolve("/abs/a.py"));
    expect(localPath("~/a.py", "/p")).toBe(path.join(os.homedir(), "a.py"));
    expect(localPath("file:///x/a%20b.py", "/p")).toBe(path.resolve("/x/a b.py"));
    for (const bad of [
      "\\\\evil\\share\\a.py",
      "//evil/a.py",
      "https://evil/a.py",
      "vscode:run.py",
      "",
      "a\0.py",
      "file://%zz",
    ])
      expect([bad, localPath(bad, "/p")]).toEqual([bad, undefined]);
  });

  it("knows a folder from an address", () => {
    expect(localFolder("/a/b")).toBe("/a/b");
    expect(localFolder("file:///a/b")).toBe(path.resolve("/a/b"));
    expect(localFolder("s3://bucket/a")).toBeUndefined();
  });
});
