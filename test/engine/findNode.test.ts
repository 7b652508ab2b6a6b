import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findNode } from "../../src/engine/client/index.ts";

/** A program that answers as that Node does when it is asked about itself: by what it is told to evaluate. */
function nodeOf(node: string, napi: number, zstd: boolean): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-node-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = path.join(folder, "node");
  const zlib = zstd ? "{ zstdCompressSync() {} }" : "{}";
  writeFileSync(
    file,
    `#!${process.execPath}
const process_ = { versions: { node: "${node}", napi: "${napi}" } };
console.log(new Function("process", "require", "return " + process.argv[3])(process_, () => (${zlib})));
`,
  );
  chmodSync(file, 0o755);
  return file;
}

const posix = test.skipIf(process.platform === "win32");

posix.each<[string, number, boolean]>([
  ["22.15.0", 10, true],
  ["23.8.0", 10, true],
  ["24.0.0", 10, true],
])("Node %s is used", async (version, napi, zstd) => {
  const executable = nodeOf(version, napi, zstd);
  expect(await findNode(executable)).toEqual({ executable, environment: {} });
});

posix.each<[string, number, boolean, string]>([
  ["20.19.0", 9, false, "is too old"],
  ["22.14.0", 10, false, "has no zstd"],
  ["22.14.9", 10, true, "is older than the least that is promised"],
  ["22.15.0", 9, true, "loads no native module"],
  ["23.7.0", 10, false, "has no zstd, though its number is higher"],
])("Node %s is not: it (%d, %s) %s", async (version, napi, zstd) => {
  await expect(findNode(nodeOf(version, napi, zstd))).rejects.toMatchObject({
    code: "invalid",
    hint: expect.stringContaining("Node 22.15 or newer") as string,
  });
});

test("this process's own Node is used where none is named", async () => {
  expect(await findNode("")).toEqual({ executable: process.execPath, environment: {} });
});
