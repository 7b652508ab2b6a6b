import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import type { LeftOut } from "../../../shared/capture.js";
import { settleFiltered } from "../filtered.js";
import { lookAtSubmodule, type Submodule } from "../submodules.js";
import type { Change, GitBackend, Look, LookOptions, PatchSection, Repository } from "../types.js";
import { type GitConfig, isTrue, quiet, remoteOf } from "./gitConfig.js";
import { makePatch } from "./gitPatch.js";
import { filterOf, readSmallBlobs } from "./objects.js";
import { type IndexEntry, parseEntries, parseStatus, type Status } from "./porcelain.js";
import { type GitOptions, mustRunGit } from "./runGit.js";

const SUBMODULE = "160000";

/** A repository read by the user's own git. */
export class GitRepository implements Repository {
  private readonly options: GitOptions;
  private entries: IndexEntry[] = [];

  constructor(
    readonly root: string,
    private readonly config: GitConfig,
    options: GitOptions,
    private readonly backend: GitBackend,
  ) {
    this.options = { ...options, settings: quiet(config) };
  }

  async look({ quick }: LookOptions): Promise<Look> {
    const [status, entries] = await Promise.all([
      this.status(quick),
      quick ? "" : this.text(["ls-files", "-v", "--stage", "-z"]),
    ]);
    this.entries = parseEntries(entries);
    const look: Look = {
      commit: status.commit,
      branch: status.branch,
      remote: remoteOf(this.config, status.branch),
      changes: status.changes,
      leftOut: [],
      notes: [],
    };
    await this.settleFilters(look, quick);
    if (!quick) {
      await this.settleSubmodules(look);
      this.tellHidden(look);
    }
    return look;
  }

  async sections(
    look: Look,
    changes: readonly Change[],
    maxBytes: number,
  ): Promise<{ sections: PatchSection[]; leftOut: LeftOut[] }> {
    // Attributes of a file that a sparse checkout leaves out hold for those that are there.
    const attributes = this.entries.filter(
      ({ tag, path: name }) => tag.toUpperCase() === "S" && path.posix.basename(name) === ".gitattributes",
    );
    return makePatch(look.commit, changes, attributes, maxBytes, this.options);
  }

  private async status(quick: boolean): Promise<Status> {
    const ask = (renames: string) => [
      ...["-c", "status.renameLimit=400", "status", "--porcelain=v2", "--branch", "-z", "--no-ahead-behind"],
      ...[renames, `--untracked-files=${quick ? "no" : "all"}`],
      // What is inside a submodule is looked at with that one's own configuration made harmless.
      "--ignore-submodules=dirty",
    ];
    if (quick) return parseStatus(await this.text(ask("--no-renames")));
    try {
      return parseStatus(await this.text(ask("--renames")));
    } catch (error) {
      // Comparing contents may need some that a partial clone does not have.
      if (!(error instanceof CairnError) || error.code !== "corrupt") throw error;
      return parseStatus(await this.text(ask("--no-renames")));
    }
  }

  private async settleFilters(look: Look, quick: boolean): Promise<void> {
    const names = [...this.config.keys()].flatMap(
      (key) => /^filter\.(.*)\.(?:clean|process)$/s.exec(key)?.[1] ?? [],
    );
    const there = look.changes.filter((change) => change.exists);
    if (names.length === 0 || there.length === 0) return;
    const filters = await filterOf(there, new Set(names), this.options);
    const read = (changes: readonly Change[]) => readSmallBlobs(changes, this.options);
    await settleFiltered(look, filters, this.root, quick ? undefined : read, this.options.signal);
  }

  private async settleSubmodules(look: Look): Promise<void> {
    const found = this.entries
      .filter(({ mode }) => mode === SUBMODULE)
      .map(({ path: name, oid }): Submodule => ({ path: name, commit: oid }));
    for (const submodule of found) {
      await lookAtSubmodule(look, this.root, submodule, this.backend, this.options.signal);
    }
  }

  /** Files that git was told not to look at. */
  private tellHidden(look: Look): void {
    for (const { tag, path: name } of this.entries) {
      if (tag !== tag.toUpperCase()) {
        look.leftOut.push({ name, reason: "marked assume-unchanged, so that Git does not look at it" });
      }
    }
    const skipped = this.entries.filter(({ tag }) => tag.toUpperCase() === "S");
    if (skipped.length === 0) return;
    if (isTrue(this.config, "core.sparsecheckout")) {
      look.notes.push(
        `Sparse checkout: ${skipped.length} files of the commit are not in the work tree; they count as unchanged.`,
      );
      return;
    }
    for (const { path: name } of skipped) {
      look.leftOut.push({ name, reason: "marked skip-worktree, so that Git does not look at it" });
    }
  }

  private async text(argv: readonly string[]): Promise<string> {
    return (await mustRunGit(argv, this.options)).toString("utf8");
  }
}
