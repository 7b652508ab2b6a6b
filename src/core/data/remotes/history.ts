import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import type { DataScope } from "../../../shared/data/remotes.js";
import { mustRunGit } from "../../lineage/index.js";
import { type GitAround } from "../dvc/gitIgnore.js";

/** Output of Git that lists every object of a large repository. */
const MAX_BYTES = 1 << 30;
const BATCH = 1000;

/** A pointer or lock file of some commit. */
export interface PastFile {
  /** Relative to the work tree's root, with `/`. */
  path: string;
  text: string;
  /** The `dvc.yaml` beside a `dvc.lock`, where it is known which it was. */
  pipeline?: string;
}

/** Pointers and lock files of other versions, each text once. Throws CairnError `unavailable` without Git. */
export async function pastFiles(around: GitAround | undefined, scope: DataScope): Promise<PastFile[]> {
  if (around?.git === undefined) {
    throw new CairnError(
      "unavailable",
      "Versions of branches, tags and commits need a Git repository and git.",
      {
        hint: "Without them only what the work tree's pointers say can be found.",
      },
    );
  }
  const { git, root: cwd, signal } = around;
  const run = async (argv: string[], input?: string) =>
    mustRunGit(argv, { git, cwd, signal, maxBytes: MAX_BYTES, ...(input === undefined ? {} : { input }) });
  const blobs = new Map<string, { path: string; pipeline?: string }>();
  if (scope.commits === true) {
    const listed = await run(["rev-list", "--objects", "--all", "HEAD", "--"]).catch((error: unknown) => {
      if (signal.aborted) throw error;
      // No commit yet.
      return run(["rev-list", "--objects", "--all"]);
    });
    for (const line of listed.toString("utf8").split("\n")) {
      const [id = "", name = ""] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
      if (isPointer(name)) blobs.set(id, { path: name });
    }
  }
  for (const tip of await tips(scope, run)) {
    const tree = new Map<string, string>();
    for (const row of (await run(["ls-tree", "-r", "-z", "--full-tree", tip])).toString("utf8").split("\0")) {
      const [, type, id] = row.slice(0, row.indexOf("\t")).split(" ");
      if (type === "blob" && id !== undefined) tree.set(row.slice(row.indexOf("\t") + 1), id);
    }
    for (const [name, id] of tree) {
      if (!isPointer(name)) continue;
      const pipeline = name.endsWith(".dvc") ? undefined : tree.get(path.posix.join(name, "../dvc.yaml"));
      blobs.set(id, { path: name, ...(pipeline === undefined ? {} : { pipeline }) });
    }
  }
  const wanted = [...new Set([...blobs].flatMap(([id, { pipeline }]) => [id, pipeline ?? []].flat()))];
  const texts = new Map<string, string>();
  for (let at = 0; at < wanted.length; at += BATCH) {
    const batch = wanted.slice(at, at + BATCH);
    const bytes = await run(["cat-file", "--batch"], `${batch.join("\n")}\n`);
    for (const [id, text] of blobsIn(bytes)) texts.set(id, text);
  }
  return [...blobs].flatMap(([id, { path: name, pipeline }]) => {
    const text = texts.get(id);
    const beside = pipeline === undefined ? undefined : texts.get(pipeline);
    if (text === undefined) return [];
    return [{ path: name, text, ...(beside === undefined ? {} : { pipeline: beside }) }];
  });
}

async function tips(scope: DataScope, run: (argv: string[]) => Promise<Buffer>): Promise<string[]> {
  const refs = [
    ...(scope.branches === true ? ["refs/heads", "refs/remotes"] : []),
    ...(scope.tags === true ? ["refs/tags"] : []),
  ];
  if (refs.length === 0) return [];
  const listed = (await run(["for-each-ref", "--format=%(objectname) %(*objecttype)%(objecttype)", ...refs]))
    .toString("utf8")
    .split("\n");
  // A tag may point to anything.
  return [...new Set(listed.flatMap((line) => (line.includes("commit") ? [line.split(" ")[0] ?? ""] : [])))];
}

function isPointer(name: string): boolean {
  const base = path.posix.basename(name);
  return base === "dvc.lock" || (base.endsWith(".dvc") && base !== ".dvc");
}

function* blobsIn(bytes: Buffer): Generator<[id: string, text: string]> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) return;
    const [id = "", type, size = "0"] = bytes.toString("latin1", at, end).split(" ");
    at = end + 1;
    // One that is missing has no content behind it.
    if (type !== "blob") continue;
    yield [id, bytes.toString("utf8", at, at + Number(size))];
    at += Number(size) + 1;
  }
}
