import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { findGit } from "../../../src/core/lineage/git/findGit.js";
import { gitBackend } from "../../../src/core/lineage/git/gitBackend.js";
import { plainBackend } from "../../../src/core/lineage/plain/plainBackend.js";
import type { GitBackend } from "../../../src/core/lineage/types.js";
import { captureCode, type CapturedCode, type CaptureOptions } from "../../../src/core/lineage/index.js";

/** Git as the tests use it: nobody's own configuration, and no date or name from outside. */
process.env.GIT_CONFIG_GLOBAL = "/dev/null";
process.env.GIT_CONFIG_NOSYSTEM = "1";

/** What the suite is run over. */
export const backends: GitBackend[] = [gitBackend(findGit() ?? "git"), plainBackend];

const identity = [
  "-c",
  "user.name=Test",
  "-c",
  "user.email=test@example.com",
  "-c",
  "protocol.file.allow=always",
  // Tidying up goes on behind the command, in a folder that the test removes.
  "-c",
  "gc.auto=0",
];

export function git(folder: string, ...args: string[]): string {
  return execFileSync("git", [...identity, ...args], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
  }).toString();
}

export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "cairn-git-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export class Repo {
  constructor(readonly root: string) {}

  static create(...options: string[]): Repo {
    const root = tempFolder();
    git(root, "init", "-q", "-b", "main", ...options);
    return new Repo(root);
  }

  git(...args: string[]): string {
    return git(this.root, ...args);
  }

  path(name: string): string {
    return path.join(this.root, name);
  }

  write(name: string, content: string | Buffer, mode?: number): this {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    if (mode !== undefined) chmodSync(this.path(name), mode);
    return this;
  }

  link(name: string, target: string): this {
    rmSync(this.path(name), { force: true });
    symlinkSync(target, this.path(name));
    return this;
  }

  remove(name: string): this {
    rmSync(this.path(name), { recursive: true });
    return this;
  }

  commit(message = "commit"): this {
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", message);
    return this;
  }

  head(): string {
    return this.git("rev-parse", "HEAD").trim();
  }
}

export const noSecrets = { file: () => undefined, text: () => ({ leftOut: [] }) };

export function capture(
  backend: GitBackend | undefined,
  folder: string,
  options: Partial<CaptureOptions> = {},
): Promise<CapturedCode> {
  const { signal } = new AbortController();
  return captureCode({ folder, secrets: noSecrets, signal, ...(backend ? { backend } : {}), ...options });
}

/** Every file and link below a folder: path to kind, executable bit and content. Git's own and what `skip` says are not. */
export function treeOf(root: string, skip: (name: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === ".git" || skip(name)) continue;
      const full = path.join(root, name);
      if (entry.isDirectory()) walk(name);
      else if (entry.isSymbolicLink()) found[name] = `link ${readlinkSync(full)}`;
      else
        found[name] = `${lstatSync(full).mode & 0o100 ? "x" : "-"} ${readFileSync(full).toString("latin1")}`;
    }
  };
  walk("");
  return found;
}

/** A fresh clone of the commit, with the patch applied by git. */
export function restore(from: string, { state, patch }: CapturedCode, ...config: string[]): string {
  const folder = tempFolder();
  const target = path.join(folder, "clone");
  if (state.commit === null) git(folder, "init", "-q", target);
  else {
    git(folder, "clone", "-q", "--no-checkout", ...config, from, target);
    git(target, "checkout", "-q", "--detach", state.commit);
  }
  if (patch !== null) {
    const file = path.join(folder, "changes.patch");
    writeFileSync(file, patch);
    git(target, "apply", "--whitespace=nowarn", file);
  }
  return target;
}

export const changesOf = ({ state }: CapturedCode): Record<string, string> =>
  Object.fromEntries(state.changed.map(({ path: name, change }) => [name, change]));

/** The patch on a clean checkout gives the work tree, and nothing is left out. */
export async function expectRestored(
  backend: GitBackend,
  repo: Repo,
  ...config: string[]
): Promise<CapturedCode> {
  const captured = await capture(backend, repo.root);
  expect(captured.state.notes).toEqual([]);
  expect(captured.state.leftOut).toEqual([]);
  expect(treeOf(restore(repo.root, captured, ...config))).toEqual(treeOf(repo.root));
  return captured;
}

/** Bytes that no text has, another pattern for each seed. */
export const binary = (seed: number, size = 3000): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * seed + (at >> 3)) & 255));
