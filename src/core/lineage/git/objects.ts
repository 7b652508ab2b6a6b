import type { Change } from "../types.js";
import { type GitOptions, mustRunGit } from "./runGit.js";

/** Those of the files that go through one of these filters, with its name. */
export async function filterOf(
  changes: readonly Change[],
  names: ReadonlySet<string>,
  options: GitOptions,
): Promise<Map<string, string>> {
  const input = changes.map(({ path }) => `${path}\0`).join("");
  const output = await mustRunGit(["check-attr", "-z", "--stdin", "filter"], { ...options, input });
  const fields = output.toString("utf8").split("\0");
  const found = new Map<string, string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", , value = ""] = fields.slice(at, at + 3);
    if (names.has(value)) found.set(path, value);
  }
  return found;
}

/** A pointer of Git LFS has less than this. */
const SMALL = 1024;

/** Contents of the objects of these changes, by path, where they are small. */
export async function readSmallBlobs(
  changes: readonly Change[],
  options: GitOptions,
): Promise<Map<string, Buffer>> {
  const known = changes.filter((change) => change.oid !== null);
  const ask = (oids: readonly (string | null)[]) => ({
    ...options,
    input: oids.map((oid) => `${oid}\n`).join(""),
  });
  const sizes = await mustRunGit(["cat-file", "--batch-check"], ask(known.map(({ oid }) => oid)));
  const lines = sizes.toString("utf8").split("\n");
  const small = known.filter((_, index) => {
    const [, type, size] = (lines[index] ?? "").split(" ");
    return type === "blob" && Number(size) < SMALL;
  });
  const output = await mustRunGit(["cat-file", "--batch"], ask(small.map(({ oid }) => oid)));
  const found = new Map<string, Buffer>();
  let at = 0;
  for (const { path } of small) {
    const end = output.indexOf(10, at);
    const size = Number(output.subarray(at, end).toString("latin1").split(" ")[2]);
    found.set(path, output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return found;
}
