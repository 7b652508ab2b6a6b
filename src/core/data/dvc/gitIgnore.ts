import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import { findGit, runGit } from "../../lineage/index.js";

/** Git around a dataset, as far as adding one needs it. */
export interface GitAround {
  /** The work tree. */
  root: string;
  /** Absolute; undefined where none is installed. */
  git: string | undefined;
  signal: AbortSignal;
}

/** The work tree that a folder lies in; undefined where there is none. */
export function gitAround(folder: string, signal: AbortSignal): GitAround | undefined {
  for (let root = folder; ; root = path.dirname(root)) {
    if (existsSync(path.join(root, ".git"))) return { root, git: findGit(), signal };
    if (root === path.dirname(root)) return undefined;
  }
}

/** Throws CairnError `refused` where Git has the content itself: it would be stored twice and its changes by both. */
export async function assertUntracked(around: GitAround | undefined, target: string): Promise<void> {
  if (around?.git === undefined) return;
  const { git, signal } = around;
  const relative = path.relative(around.root, target);
  const { code, stdout } = await runGit(["ls-files", "-z", "--", relative], {
    git,
    cwd: around.root,
    signal,
  });
  if (code !== 0 || stdout.length === 0) return;
  throw new CairnError("refused", `Git tracks ${relative} itself.`, {
    hint: `Take it out of Git first: git rm -r --cached '${relative}' (the file stays).`,
  });
}

/**
 * The new text of the `.gitignore` beside a dataset, with the line that `dvc add` appends; undefined where Git ignores
 * the dataset already, or where there is no Git.
 */
export async function ignoreLine(
  around: GitAround | undefined,
  target: string,
): Promise<{ file: string; text: string } | undefined> {
  if (!around) return undefined;
  const file = path.join(path.dirname(target), ".gitignore");
  const { git, signal } = around;
  if (git !== undefined) {
    const { code } = await runGit(["check-ignore", "-q", "--", path.relative(around.root, target)], {
      ...{ git, cwd: around.root, signal },
    });
    if (code === 0) return undefined;
  }
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const line = `/${path.basename(target).replace(/[\\[\]!*#?]/g, "\\$&")}`;
  if (before.split("\n").includes(line)) return undefined;
  return { file, text: `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${line}\n` };
}

/** Who works here, as Git knows it: `Name <address>`; else the system's name of the user. */
export async function authorOf(around: GitAround | undefined, user: string): Promise<string> {
  if (around?.git === undefined) return user;
  const { git, root: cwd, signal } = around;
  const ask = async (key: string) => {
    const { code, stdout } = await runGit(["config", "--get", key], { git, cwd, signal });
    return code === 0 ? stdout.toString("utf8").trim() : "";
  };
  const [name, address] = await Promise.all([ask("user.name"), ask("user.email")]);
  return name === "" ? user : address === "" ? name : `${name} <${address}>`;
}
