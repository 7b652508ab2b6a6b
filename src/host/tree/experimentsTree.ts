import * as vscode from "vscode";
import type { Host } from "../features.js";

export const EXPERIMENTS_VIEW = "cairn.experiments";

/** Registers the Experiments tree. */
export function registerExperimentsTree({ context }: Host): void {
  const provider: vscode.TreeDataProvider<never> = {
    getChildren: () => [],
    getTreeItem: (node) => node,
  };
  context.subscriptions.push(vscode.window.createTreeView(EXPERIMENTS_VIEW, { treeDataProvider: provider }));
}
