import type { Arranged } from "./arrangeRuns.js";
import type { TreeRun } from "./treeRun.js";

interface Node<N> {
  id: string;
  run: TreeRun;
  children: N[];
}

export interface Reused<N> {
  nodes: N[];
  /** Nodes whose own row looks different now. */
  changed: N[];
  /** The list, or a list below it, has other members or another order: it must be drawn again as a whole. */
  moved: boolean;
}

/**
 * Puts a fresh arrangement into the nodes that are drawn already, so that only what differs is drawn again.
 * `make` creates the node of a run that was not there.
 */
export function reuseRuns<N extends Node<N>>(
  before: readonly N[],
  fresh: readonly Arranged[],
  make: (run: TreeRun) => N,
): Reused<N> {
  const old = new Map(before.map((node) => [node.run.row.runId, node]));
  const nodes: N[] = [];
  const changed: N[] = [];
  let moved = before.length !== fresh.length;
  fresh.forEach(({ run, children }, place) => {
    const known = old.get(run.row.runId);
    const node = known ?? make(run);
    if (before[place] !== node) moved = true;
    const below = reuseRuns(node.children, children, make);
    if (known && (below.moved || !sameRun(known.run, run))) changed.push(node);
    if (!below.moved) changed.push(...below.changed);
    node.run = run;
    node.children = below.nodes;
    nodes.push(node);
  });
  return { nodes, changed, moved };
}

function sameRun(a: TreeRun, b: TreeRun): boolean {
  return JSON.stringify([a.row, [...a.metrics]]) === JSON.stringify([b.row, [...b.metrics]]);
}
