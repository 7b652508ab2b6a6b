import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import { readOptional } from "./ignores.js";

/** Where the parts of a repository lie. */
export interface GitFolder {
  /** The work tree. */
  root: string;
  /** With HEAD and index. */
  own: string;
  /** With objects, refs and config; another one in a linked work tree. */
  common: string;
}

/** The repository around a folder; undefined where there is none. Throws `corrupt` for a `.git` that is none. */
export function findGitFolder(folder: string): GitFolder | undefined {
  for (let root = realpathSync(folder); ; root = path.dirname(root)) {
    const entry = path.join(root, ".git");
    if (existsSync(entry)) return openGitFolder(root, entry);
    if (root === path.dirname(root)) return undefined;
  }
}

function openGitFolder(root: string, entry: string): GitFolder {
  let own = entry;
  if (statSync(entry).isFile()) {
    const target = /^gitdir: (.+?)\r?\n?$/s.exec(readOptional(entry))?.[1];
    if (target === undefined) throw corrupt(root, ".git names no folder");
    own = path.resolve(root, target);
  }
  if (!existsSync(path.join(own, "HEAD"))) throw corrupt(root, `${own} has no HEAD`);
  const shared = readOptional(path.join(own, "commondir")).trim();
  return { root, own, common: shared === "" ? own : path.resolve(own, shared) };
}

export interface Head {
  /** Null before the first commit. */
  commit: string | null;
  /** Null when detached. */
  branch: string | null;
}

const objectId = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/** What HEAD points to. Throws `corrupt`. */
export function readHead({ root, own, common }: GitFolder): Head {
  let name = "HEAD";
  // Git follows five.
  for (let depth = 0; depth < 5; depth++) {
    const text = readRef(own, common, name);
    const branch = name.startsWith("refs/heads/") ? name.slice("refs/heads/".length) : null;
    if (text === undefined) return { commit: null, branch };
    if (objectId.test(text)) return { commit: text, branch };
    const target = /^ref: (refs\/.+)$/.exec(text)?.[1];
    if (target === undefined || target.split("/").includes(".."))
      throw corrupt(root, `${name} says neither branch nor commit`);
    name = target;
  }
  throw corrupt(root, "HEAD leads in a circle");
}

function readRef(own: string, common: string, name: string): string | undefined {
  for (const folder of [own, common]) {
    try {
      return readFileSync(path.join(folder, name), "utf8").trim();
    } catch {
      // packed, or of the other one
    }
  }
  const packed = readOptional(path.join(common, "packed-refs"));
  return packed
    .split("\n")
    .find((line) => line.endsWith(` ${name}`))
    ?.slice(0, -name.length - 1);
}

function corrupt(root: string, why: string): CairnError {
  return new CairnError("corrupt", `The repository of ${root} cannot be read: ${why}.`);
}
