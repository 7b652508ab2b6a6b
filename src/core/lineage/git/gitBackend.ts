import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import type { GitBackend, Repository } from "../types.js";
import { parseConfig } from "./gitConfig.js";
import { GitRepository } from "./gitRepository.js";
import { type GitOptions, reasonOf, runGit } from "./runGit.js";

/** Whether this folder or one above has something that git would take for a repository. */
function hasGitFolder(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, ".git"))) return true;
    if (at === path.dirname(at)) return false;
  }
}

/** @param git absolute path of the user's git */
export function gitBackend(git: string): GitBackend {
  const backend: GitBackend = {
    name: "git",
    async open(folder, signal): Promise<Repository | undefined> {
      const cwd = await realpath(folder);
      const options: GitOptions = { git, cwd, signal };
      const [where, config] = await Promise.all([
        runGit(["rev-parse", "--show-toplevel"], options),
        runGit(["config", "--list", "-z"], options),
      ]);
      if (where.code !== 0) {
        const reason = reasonOf(where);
        const isNone = /not a git repository/i.test(reason) && !hasGitFolder(cwd);
        if (isNone || /must be run in a work tree/i.test(reason)) return undefined;
        throw new CairnError("corrupt", `git cannot read the repository of ${cwd}: ${reason}.`, {
          hint: "Run `git status` there to see what it says.",
        });
      }
      if (config.code !== 0) {
        throw new CairnError("corrupt", `git cannot read its configuration for ${cwd}: ${reasonOf(config)}.`);
      }
      const root = path.resolve(where.stdout.toString("utf8").replace(/\r?\n$/, ""));
      return new GitRepository(
        root,
        parseConfig(config.stdout.toString("utf8")),
        { ...options, cwd: root },
        backend,
      );
    },
  };
  return backend;
}
