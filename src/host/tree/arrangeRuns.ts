import type { RunRow } from "../../shared/protocol.js";
import type { TreeRun } from "./treeRun.js";

export interface Arranged {
  run: TreeRun;
  children: Arranged[];
}

/**
 * Runs as the tree shows them: nested ones below their parent, running ones first, then the newest. A run whose
 * parent is not among `runs` stands at the top. A run that is its own ancestor (a broken tag) does too.
 */
export function arrangeRuns(runs: readonly TreeRun[]): Arranged[] {
  const nodes = new Map(runs.map((run) => [run.row.runId, { run, children: [] as Arranged[] }]));
  const top: Arranged[] = [];
  for (const node of nodes.values()) {
    const parent = parentOf(node.run.row, nodes);
    if (parent === undefined || isAncestor(node.run.row, parent.run.row, nodes)) top.push(node);
    else parent.children.push(node);
  }
  const sort = (list: Arranged[]) => {
    list.sort((a, b) => compareRuns(a.run.row, b.run.row));
    for (const node of list) sort(node.children);
  };
  sort(top);
  return top;
}

/** Ids of parents that are named by `runs` but not among them. */
export function missingParents(runs: readonly TreeRun[]): string[] {
  const present = new Set(runs.map(({ row }) => row.runId));
  const missing = new Set<string>();
  for (const { row } of runs) {
    if (row.parentRunId !== undefined && !present.has(row.parentRunId)) missing.add(row.parentRunId);
  }
  return [...missing];
}

export function isActive(row: RunRow): boolean {
  return row.status === "RUNNING" || row.status === "SCHEDULED";
}

/** Running first, then queued, then starred ones, then by start, newest first. */
export function compareRuns(a: RunRow, b: RunRow): number {
  return rank(a) - rank(b) || b.startTime - a.startTime || (a.runId < b.runId ? -1 : 1);
}

function rank(row: RunRow): number {
  return row.status === "RUNNING" ? 0 : row.status === "SCHEDULED" ? 1 : row.starred ? 2 : 3;
}

function parentOf(row: RunRow, nodes: Map<string, Arranged>): Arranged | undefined {
  return row.parentRunId === undefined ? undefined : nodes.get(row.parentRunId);
}

function isAncestor(row: RunRow, of: RunRow, nodes: Map<string, Arranged>): boolean {
  const seen = new Set<string>();
  for (let at: RunRow | undefined = of; at !== undefined; at = parentOf(at, nodes)?.run.row) {
    if (at.runId === row.runId) return true;
    if (seen.has(at.runId)) return true;
    seen.add(at.runId);
  }
  return false;
}
