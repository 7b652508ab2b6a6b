import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { KeyValue } from "../../shared/tracking.js";
import { TAG } from "../../shared/tracking.js";

const run = promisify(execFile);

/** Tags with commit, branch and whether files differ from it; none outside a Git work tree or without git. */
export async function gitTags(folder: string): Promise<KeyValue[]> {
  let text: string;
  try {
    // fsmonitor off: its hook is a command that the repository's own configuration names.
    const options = ["-c", "core.fsmonitor=false", "--no-optional-locks"];
    const status = ["status", "--porcelain=v2", "--branch", "--untracked-files=no"];
    const { stdout } = await run("git", [...options, ...status], {
      cwd: folder,
      timeout: 3000,
      maxBuffer: 64 << 20,
      windowsHide: true,
    });
    text = stdout;
  } catch {
    return []; // no git, no repository, or too slow to wait for: the run is worth more than this tag
  }
  const lines = text.split("\n");
  const header = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
  const commit = header("oid");
  if (commit === undefined || commit === "(initial)") return [];
  const branch = header("head");
  const dirty = lines.some((line) => line !== "" && !line.startsWith("#"));
  return [
    { key: TAG.gitCommit, value: commit },
    ...(branch === undefined || branch === "(detached)" ? [] : [{ key: GIT_BRANCH, value: branch }]),
    { key: GIT_DIRTY, value: String(dirty) },
  ];
}

export const GIT_BRANCH = "mlflow.source.git.branch";
export const GIT_DIRTY = "cairn.git.dirty";
