import type { ChangedFile } from "../../../shared/capture.js";
import type { Change } from "../types.js";

export interface Status {
  commit: string | null;
  branch: string | null;
  changes: Change[];
}

const kinds: Record<string, ChangedFile["change"]> = {
  M: "modified",
  T: "typeChanged",
  A: "added",
  D: "deleted",
  R: "renamed",
  C: "copied",
};

const isNull = (oid: string): boolean => /^0*$/.test(oid);

/**
 * What became of a file between commit and work tree, from the letters for commit → index and index → work tree.
 * Undefined where nothing did: added, then deleted again.
 */
function changeOf(index: string, tree: string): ChangedFile["change"] | undefined {
  if (tree === "D") return index === "A" || index === "C" ? undefined : "deleted";
  if (index === "A" || tree === "A") return index === "D" ? "modified" : "added";
  if (index === "D") return "deleted";
  if (index === "R" || index === "C") return kinds[index];
  return index === "T" || tree === "T" ? "typeChanged" : (kinds[tree] ?? kinds[index]);
}

/**
 * Parses `git status --porcelain=v2 --branch -z`. A path that was removed from the index but lies in the work tree
 * comes twice, as deleted and as untracked: it is one change here.
 */
export function parseStatus(output: string): Status {
  const status: Status = { commit: null, branch: null, changes: [] };
  const byPath = new Map<string, Change>();
  const add = (change: Change): void => {
    const before = byPath.get(change.path);
    const both = before?.change === "deleted" && change.change === "untracked";
    byPath.set(change.path, before && both ? { ...before, change: "modified", exists: true } : change);
  };
  const fields = output.split("\0");
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at] ?? "";
    const words = line.split(" ");
    const rest = (skip: number): string => words.slice(skip).join(" ");
    const [mark, letters = "", , modeHead = "", modeIndex = "", modeTree = "", head = "", index = ""] = words;
    if (mark === "#") {
      if (words[1] === "branch.oid" && words[2] !== "(initial)") status.commit = words[2] ?? null;
      if (words[1] === "branch.head" && words[2] !== "(detached)") status.branch = rest(2);
    } else if (mark === "?") {
      add({ path: rest(1), change: "untracked", mode: "100644", oid: null, exists: true });
    } else if (mark === "1" || mark === "2") {
      const from = mark === "2" ? fields[++at] : undefined;
      const change = changeOf(letters[0] ?? ".", letters[1] ?? ".");
      const inIndex = !isNull(modeIndex);
      const mode = inIndex ? modeIndex : isNull(modeHead) ? modeTree : modeHead;
      const oid = inIndex && !isNull(index) ? index : isNull(head) ? null : head;
      const exists = !isNull(modeTree);
      const path = rest(mark === "2" ? 9 : 8);
      if (change === undefined) continue;
      if (from === undefined) add({ path, change, mode, oid, exists });
      // Renamed in the index and then gone from the work tree: what is left is that the old one is deleted.
      else if (exists) add({ path, from, change, mode, oid, exists });
      else if (letters.startsWith("R")) add({ path: from, change: "deleted", mode, oid, exists });
    } else if (mark === "u") {
      const [, , , base = "", ours = "", theirs = "", tree = "", first = "", second = "", third = ""] = words;
      const mode = [ours, theirs, base].find((candidate) => !isNull(candidate)) ?? tree;
      const oid = [second, third, first].find((candidate) => !isNull(candidate)) ?? null;
      add({ path: rest(10), change: "unmerged", mode, oid, exists: !isNull(tree) });
    }
  }
  status.changes = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return status;
}

/** One entry of the index. */
export interface IndexEntry {
  /** `ls-files -v`: lower case is assume-unchanged, S skip-worktree. */
  tag: string;
  mode: string;
  oid: string;
  path: string;
}

/** Parses `git ls-files -v --stage -z`. */
export function parseEntries(output: string): IndexEntry[] {
  return output.split("\0").flatMap((line) => {
    const match = /^(\S) (\d+) ([0-9a-f]+) \d\t(.*)$/s.exec(line);
    const [, tag, mode, oid, path] = match ?? [];
    return tag && mode && oid && path ? [{ tag, mode, oid, path }] : [];
  });
}
