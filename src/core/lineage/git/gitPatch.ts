import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import type { LeftOut } from "../../../shared/capture.js";
import { splitPatch } from "../patchText.js";
import type { Change, PatchSection } from "../types.js";
import type { IndexEntry } from "./porcelain.js";
import { type GitOptions, mustRunGit, reasonOf, runGit } from "./runGit.js";

/** Characters of paths in one command line; Windows takes 32,767 in all. */
const MAX_ARGUMENTS = process.platform === "win32" ? 20_000 : 100_000;

/** Plain ones, whatever the user has configured for reading. */
const settings = [
  ...["diff.noprefix=false", "diff.mnemonicPrefix=false", "diff.suppressBlankEmpty=false"],
  "diff.wsErrorHighlight=none",
].flatMap((setting) => ["-c", setting]);

const diff = [
  ...settings,
  ...["diff", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames"],
  ...["--no-relative", "--ignore-submodules=all", "--src-prefix=a/", "--dst-prefix=b/"],
  ...["--unified=3", "--inter-hunk-context=0", "-O/dev/null"],
];

/**
 * What git itself says of these changes. It is shown an index of its own, which holds just them, new files included:
 * so it converts line ends as it would on `git add`, and what the real index says (not merged, intent to add,
 * assume unchanged) does not matter.
 */
export async function makePatch(
  commit: string | null,
  changes: readonly Change[],
  attributes: readonly IndexEntry[],
  maxBytes: number,
  options: GitOptions,
): Promise<{ sections: PatchSection[]; leftOut: LeftOut[] }> {
  if (changes.length === 0) return { sections: [], leftOut: [] };
  const folder = await mkdtemp(path.join(os.tmpdir(), "cairn-index-"));
  try {
    const environment = { GIT_INDEX_FILE: path.join(folder, "index") };
    const own: GitOptions = { ...options, environment };
    const nothing = await mustRunGit(["hash-object", "-t", "blob", "--stdin"], { ...options, input: "" });
    const empty = nothing.toString("latin1").trim();
    const there = changes.filter((change) => change.exists);
    const lines = [
      ...there.map(({ mode, oid, path: name }) => `${mode} ${oid ?? empty}\t${name}\0`),
      ...attributes.map(({ mode, oid, path: name }) => `${mode} ${oid}\t${name}\0`),
    ];
    await mustRunGit(["update-index", "-z", "--index-info"], { ...own, input: lines.join("") });
    const from = commit ?? (await emptyTree(options));
    return await collect(from, batches(changes), maxBytes, own);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function emptyTree(options: GitOptions): Promise<string> {
  const output = await mustRunGit(["hash-object", "-t", "tree", "--stdin"], { ...options, input: "" });
  return output.toString("latin1").trim();
}

function batches(changes: readonly Change[]): string[][] {
  const found: string[][] = [];
  let length = Infinity;
  for (const change of changes) {
    const names =
      change.from === undefined || change.change === "copied" ? [change.path] : [change.from, change.path];
    const size = Buffer.byteLength(names.join("")) + names.length;
    if (length + size > MAX_ARGUMENTS) {
      found.push([]);
      length = 0;
    }
    found.at(-1)?.push(...names);
    length += size;
  }
  return found;
}

/** Sections of all batches; a batch that fails is halved until the file that git cannot read is alone. */
async function collect(
  from: string,
  waiting: string[][],
  maxBytes: number,
  options: GitOptions,
): Promise<{ sections: PatchSection[]; leftOut: LeftOut[] }> {
  const found = new Map<string, PatchSection>();
  const leftOut: LeftOut[] = [];
  let bytes = 0;
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    // The reverse of binary files, which is not kept, is counted by git's own limit only.
    const result = await runGit([...diff, from, "--", ...batch], { ...options, maxBytes: 4 * maxBytes });
    if (result.code === 0) {
      const wanted = new Set(batch);
      for (const section of splitPatch(result.stdout)) {
        if (!wanted.has(section.path)) continue;
        bytes += section.bytes.length;
        const before = found.get(section.path);
        // A file that became a link is two sections, which belong together.
        const joined = before ? Buffer.concat([before.bytes, section.bytes]) : section.bytes;
        found.set(section.path, { path: section.path, bytes: joined });
      }
      if (bytes > maxBytes) throw new CairnError("full", `The changes are larger than ${maxBytes} bytes.`);
    } else if (batch.length === 1) {
      leftOut.push({ name: batch[0] ?? "", reason: `git cannot read it: ${reasonOf(result)}` });
    } else {
      const half = Math.ceil(batch.length / 2);
      waiting.unshift(batch.slice(0, half), batch.slice(half));
    }
  }
  return { sections: [...found.values()], leftOut };
}
