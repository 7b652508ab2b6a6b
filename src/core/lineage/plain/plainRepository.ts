import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { ChangedFile, LeftOut } from "../../../shared/capture.js";
import { CairnError, toError } from "../../../shared/errors.js";
import { settleFiltered } from "../filtered.js";
import { type GitConfig, isTrue, lastValue, remoteOf } from "../git/gitConfig.js";
import { lookAtSubmodule } from "../submodules.js";
import type { Change, GitBackend, Look, LookOptions, PatchSection, Repository } from "../types.js";
import { Attributes } from "./attributes.js";
import { formatChange, type Side } from "./formatPatch.js";
import { type GitFolder, readHead } from "./gitFolder.js";
import { Ignores } from "./ignores.js";
import { type IndexEntry, type IndexFile, parseIndex } from "./indexFile.js";
import { Objects, type TreeEntry } from "./objects.js";
import { excludesFile } from "./readConfig.js";
import { type Found, isUnchanged, oidOf, WorkTree } from "./workTree.js";

const SUBMODULE = "160000";
/** What Git would do to a file's content and this does not. */
const UNKNOWN_ATTRIBUTES = ["working-tree-encoding", "ident"];

/** A repository read without git: its objects by isomorphic-git, its index and work tree here. */
export class PlainRepository implements Repository {
  readonly root: string;
  private readonly objects: Objects;
  private readonly attributes: Attributes;
  private readonly tree: WorkTree;
  private committed = new Map<string, TreeEntry>();

  constructor(
    private readonly folder: GitFolder,
    private readonly config: GitConfig,
    private readonly signal: AbortSignal,
    private readonly backend: GitBackend,
  ) {
    this.root = folder.root;
    this.objects = new Objects(folder.common);
    this.attributes = new Attributes(folder.root, folder.common);
    this.tree = new WorkTree({
      root: folder.root,
      attributes: this.attributes,
      autocrlf: /^(true|yes|on|1|input)$/i.test(lastValue(config, "core.autocrlf") ?? ""),
      fileMode: lastValue(config, "core.filemode") !== "false",
      blob: (oid) => this.objects.blob(oid).catch(() => undefined),
    });
  }

  async look({ quick }: LookOptions): Promise<Look> {
    const { commit, branch } = readHead(this.folder);
    const { index, written } = this.readIndex();
    if (commit !== null) this.committed = await this.objects.files(commit, this.signal);
    const look: Look = {
      ...{ commit, branch, remote: remoteOf(this.config, branch) },
      ...{ changes: [], leftOut: [], notes: [] },
    };
    await this.compare(look, index.entries, written);
    if (!quick) this.addUntracked(look, index.entries);
    look.changes.sort((a, b) => (a.path < b.path ? -1 : 1));
    await this.settleContent(look, quick);
    if (!quick) {
      for (const { path: name, oid, mode } of index.entries) {
        if (mode !== SUBMODULE) continue;
        await lookAtSubmodule(look, this.root, { path: name, commit: oid }, this.backend, this.signal);
      }
      this.tellHidden(look, index.entries);
    }
    return look;
  }

  async sections(
    _look: Look,
    changes: readonly Change[],
    maxBytes: number,
  ): Promise<{ sections: PatchSection[]; leftOut: LeftOut[] }> {
    const sections: PatchSection[] = [];
    const leftOut: LeftOut[] = [];
    let bytes = 0;
    for (const change of changes) {
      this.signal.throwIfAborted();
      try {
        const patch = await this.section(change);
        if (patch === undefined) continue;
        bytes += patch.length;
        sections.push({ path: change.path, bytes: patch });
      } catch (error) {
        leftOut.push({ name: change.path, reason: `it cannot be read: ${toError(error).message}` });
      }
      if (bytes > maxBytes) throw new CairnError("full", `The changes are larger than ${maxBytes} bytes.`);
    }
    return { sections, leftOut };
  }

  private async section(change: Change): Promise<Buffer | undefined> {
    const entry = this.committed.get(change.path);
    const before: Side | undefined =
      entry && entry.mode !== SUBMODULE
        ? { ...entry, content: await this.objects.blob(entry.oid) }
        : undefined;
    const found = change.exists ? this.tree.find(change.path, entry?.mode) : undefined;
    let after: Side | undefined;
    if (found) {
      const content = await this.tree.content(change.path, found, change.oid);
      after = { mode: found.mode, oid: oidOf(content), content };
    }
    if (before?.mode === after?.mode && before?.oid === after?.oid) return undefined;
    return formatChange(change.path, before, after);
  }

  private readIndex(): { index: IndexFile; written: number } {
    const file = path.join(this.folder.own, "index");
    let content: Buffer;
    let written: number;
    try {
      content = readFileSync(file);
      written = statSync(file).mtimeMs;
    } catch (error) {
      const { code } = toError(error) as NodeJS.ErrnoException;
      if (code === "ENOENT") return { index: { entries: [], isSplit: false }, written: 0 };
      throw error;
    }
    const index = parseIndex(content);
    if (!index.isSplit) return { index, written };
    throw new CairnError("refused", "The index of the repository is split over several files.", {
      hint: "Install git, which reads it.",
    });
  }

  /** Finds what differs between commit and work tree among what either the commit or the index has. */
  private async compare(look: Look, entries: readonly IndexEntry[], written: number): Promise<void> {
    const merged = new Map(entries.filter(({ stage }) => stage === 0).map((entry) => [entry.path, entry]));
    const conflicts = new Map<string, IndexEntry>();
    // Ours before theirs before what both had.
    for (const stage of [1, 3, 2])
      for (const each of entries) if (each.stage === stage) conflicts.set(each.path, each);
    for (const name of new Set([...this.committed.keys(), ...merged.keys(), ...conflicts.keys()])) {
      this.signal.throwIfAborted();
      const conflict = conflicts.get(name);
      const entry = merged.get(name) ?? conflict;
      if (entry?.skipWorktree === true || entry?.assumeUnchanged === true) continue;
      const before = this.committed.get(name);
      const known = {
        path: name,
        mode: entry?.mode ?? before?.mode ?? "100644",
        oid: entry?.oid ?? before?.oid ?? null,
      };
      if (entry?.mode === SUBMODULE || (!entry && before?.mode === SUBMODULE)) {
        if (before?.oid !== entry?.oid)
          look.changes.push({
            ...known,
            change: entry ? (before ? "modified" : "added") : "deleted",
            exists: entry !== undefined,
          });
        continue;
      }
      const found = this.tree.find(name, entry?.mode ?? before?.mode);
      if (conflict) look.changes.push({ ...known, change: "unmerged", exists: found !== undefined });
      else {
        const change = await this.changeOf(name, before, entry, found, written);
        if (change) look.changes.push({ ...known, change, exists: found !== undefined });
      }
    }
  }

  private async changeOf(
    name: string,
    before: TreeEntry | undefined,
    entry: IndexEntry | undefined,
    found: Found | undefined,
    written: number,
  ): Promise<ChangedFile["change"] | undefined> {
    if (!found) return before ? "deleted" : undefined;
    // Removed from the index: whether it is still known is for what is ignored to say.
    if (!entry && this.ignores().ignores(name, false)) return "deleted";
    if (!before) return "added";
    if (found.mode.slice(0, 3) !== before.mode.slice(0, 3)) return "typeChanged";
    const seen =
      entry && !entry.intentToAdd && entry.mode === found.mode && isUnchanged(found, entry, written);
    const oid = seen ? entry.oid : await this.tree.oid(name, found, entry?.oid ?? before.oid, this.signal);
    return oid === before.oid && found.mode === before.mode ? undefined : "modified";
  }

  private addUntracked(look: Look, entries: readonly IndexEntry[]): void {
    const known = new Set([...entries.map((entry) => entry.path), ...this.committed.keys()]);
    const submodules = new Set(entries.flatMap(({ mode, path: name }) => (mode === SUBMODULE ? [name] : [])));
    for (const name of this.tree.untracked(known, submodules, this.ignores(), this.signal)) {
      look.changes.push({ path: name, change: "untracked", mode: "100644", oid: null, exists: true });
    }
  }

  private ignores(): Ignores {
    return new Ignores(this.root, [
      excludesFile(this.config),
      path.join(this.folder.common, "info", "exclude"),
    ]);
  }

  private async settleContent(look: Look, quick: boolean): Promise<void> {
    const commands = new Set(
      [...this.config.keys()].flatMap((key) => /^filter\.(.*)\.(?:clean|process)$/s.exec(key)?.[1] ?? []),
    );
    const filters = new Map<string, string>();
    for (const { path: name, exists } of look.changes.filter((change) => change.exists)) {
      const values = exists ? this.attributes.of(name) : {};
      const filter = values.filter;
      if (typeof filter === "string" && commands.has(filter)) filters.set(name, filter);
      const unknown = UNKNOWN_ATTRIBUTES.find(
        (attribute) => attribute in values && values[attribute] !== false,
      );
      if (unknown !== undefined)
        look.leftOut.push({
          name,
          reason: `has the attribute ${unknown}, which only git itself knows how to apply`,
        });
    }
    const read = async (changes: readonly Change[]): Promise<ReadonlyMap<string, Buffer>> => {
      const contents = new Map<string, Buffer>();
      for (const { path: name, oid } of changes) {
        const content = oid === null ? undefined : await this.objects.blob(oid).catch(() => undefined);
        if (content) contents.set(name, content);
      }
      return contents;
    };
    await settleFiltered(look, filters, this.root, quick ? undefined : read, this.signal);
  }

  /** Files that Git was told not to look at, and what this way of reading may miss. */
  private tellHidden(look: Look, entries: readonly IndexEntry[]): void {
    for (const { path: name, assumeUnchanged } of entries) {
      if (!assumeUnchanged) continue;
      look.leftOut.push({ name, reason: "marked assume-unchanged, so that Git does not look at it" });
    }
    const skipped = entries.filter((entry) => entry.skipWorktree);
    if (skipped.length > 0 && isTrue(this.config, "core.sparsecheckout")) {
      look.notes.push(
        `Sparse checkout: ${skipped.length} files of the commit are not in the work tree; they count as unchanged.`,
      );
    } else {
      for (const { path: name } of skipped)
        look.leftOut.push({ name, reason: "marked skip-worktree, so that Git does not look at it" });
    }
    if (this.config.has("extensions.partialclone"))
      look.notes.push("Partial clone: contents that were not fetched yet are left out.");
  }
}
