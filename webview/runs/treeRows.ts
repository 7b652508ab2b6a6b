import type { RunRow } from "../../src/shared/protocol.js";
import { sortRows } from "../shared/grid/sortRows.js";
import type { GridSort, GridTree } from "../shared/grid/types.js";
import { groupValue } from "./aggregate.js";
import type { RunColumn } from "./runColumns.js";

export interface RunNode {
  kind: "run";
  id: string;
  level: number;
  row: RunRow;
  /** Undefined for a run that has no nested ones. */
  open?: boolean;
}

export interface GroupNode {
  kind: "group";
  id: string;
  level: number;
  open: boolean;
  column: RunColumn;
  /** What its runs have in common; empty where they lack it. */
  value: string;
  runs: readonly RunRow[];
  ids: readonly string[];
}

export type TableRow = RunNode | GroupNode;

export interface RowsOptions {
  groupBy: readonly RunColumn[];
  sort: GridSort | null;
  sortColumn: RunColumn | undefined;
  toggled: ReadonlySet<string>;
}

/** Rows as the table shows them: grouped, sorted within each group, nested runs below their parents. */
export function treeRows(runs: readonly RunRow[], options: RowsOptions): TableRow[] {
  const result: TableRow[] = [];
  addGroups(result, runs, 0, "group", options);
  return result;
}

function addGroups(
  result: TableRow[],
  runs: readonly RunRow[],
  depth: number,
  path: string,
  options: RowsOptions,
): void {
  const column = options.groupBy[depth];
  if (!column) {
    addRuns(result, runs, depth + 1, options);
    return;
  }
  for (const [value, members] of sortGroups(groupRuns(runs, column), column, options)) {
    const id = `${path}\n${column.id}=${value}`;
    const open = options.toggled.has(id);
    const ids = members.map((row) => row.runId);
    result.push({ kind: "group", id, level: depth + 1, open, column, value, runs: members, ids });
    if (open) addGroups(result, members, depth + 1, id, options);
  }
}

function groupRuns(runs: readonly RunRow[], column: RunColumn): Map<string, RunRow[]> {
  const groups = new Map<string, RunRow[]>();
  for (const row of runs) {
    const value = column.text(row);
    const members = groups.get(value);
    if (members) members.push(row);
    else groups.set(value, [row]);
  }
  return groups;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** By the value that the sorted column has over the group's runs; else by name. */
function sortGroups(
  groups: Map<string, RunRow[]>,
  column: RunColumn,
  { sort, sortColumn }: RowsOptions,
): [string, RunRow[]][] {
  const named = [...groups].sort(([a], [b]) => Number(a === "") - Number(b === "") || collator.compare(a, b));
  if (!sort || !sortColumn) return named;
  const descends = sort.descending;
  if (sortColumn.id === column.id) return descends ? named.reverse() : named;
  const by = {
    ...{ id: "", title: "", width: 0, text: () => "" },
    value: ([, members]: [string, RunRow[]]) => groupValue(sortColumn, members),
  };
  return sortRows(named, by, sort);
}

/** A parent that is not among the runs leaves its children where they are; one that is its own ancestor too. */
function addRuns(result: TableRow[], runs: readonly RunRow[], level: number, options: RowsOptions): void {
  const sorted = sortRows(runs, options.sortColumn, options.sort);
  if (!sorted.some((row) => row.parentRunId !== undefined)) {
    for (const row of sorted) result.push({ kind: "run", id: row.runId, level, row });
    return;
  }
  const byId = new Map(sorted.map((row) => [row.runId, row]));
  const children = new Map<string, RunRow[]>();
  const top: RunRow[] = [];
  for (const row of sorted) {
    const parent = row.parentRunId;
    if (parent === undefined || !byId.has(parent) || isOwnAncestor(row, byId)) top.push(row);
    else {
      const siblings = children.get(parent);
      if (siblings) siblings.push(row);
      else children.set(parent, [row]);
    }
  }
  const add = (row: RunRow, at: number): void => {
    const below = children.get(row.runId);
    const node: RunNode = { kind: "run", id: row.runId, level: at, row };
    result.push(node);
    if (!below) return;
    node.open = !options.toggled.has(row.runId);
    if (node.open) for (const child of below) add(child, at + 1);
  };
  for (const row of top) add(row, level);
}

function isOwnAncestor(row: RunRow, byId: ReadonlyMap<string, RunRow>): boolean {
  const seen = new Set([row.runId]);
  let at = row.parentRunId;
  while (at !== undefined) {
    if (seen.has(at)) return true;
    seen.add(at);
    at = byId.get(at)?.parentRunId;
  }
  return false;
}

/** How these rows lie below each other; undefined for a plain list. */
export function treeOf(rows: readonly TableRow[]): GridTree | undefined {
  if (!rows.some((row) => row.kind === "group" || row.open !== undefined)) return undefined;
  return {
    level: (row) => (row as TableRow).level,
    open: (row) => (row as TableRow).open,
    members: (row) => {
      const node = row as TableRow;
      return node.kind === "run" ? [node.id] : node.ids;
    },
  };
}
