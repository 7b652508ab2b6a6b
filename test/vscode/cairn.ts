import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../src/extension.ts";
import type { TreeNode } from "../../src/host/tree/nodes.ts";
import { poll } from "./suite.ts";

/** The installed extension, activated. */
export async function cairn(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>("cairn-ml.cairn");
  assert.ok(extension, "the VSIX is not installed");
  return extension.activate();
}

/** The folder that the editor is open on. */
export function workspaceFolder(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, "no folder is open");
  return folder.uri.fsPath;
}

/** What the Experiments tree shows below a node, or at its top. */
export async function childrenOf(node?: TreeNode): Promise<TreeNode[]> {
  const { experiments } = await cairn();
  assert.ok(experiments, "the tree is not registered");
  return (await experiments.getChildren(node)) ?? [];
}

export async function itemOf(node: TreeNode): Promise<vscode.TreeItem> {
  const { experiments } = await cairn();
  assert.ok(experiments, "the tree is not registered");
  return experiments.getTreeItem(node);
}

/** Waits until the tree shows a run with that status, and returns its node. */
export function runInTree(runId: string, status: string): Promise<TreeNode & { kind: "run" }> {
  return poll(`run ${runId} to be ${status} in the tree`, async () => {
    await vscode.commands.executeCommand("cairn.refresh");
    for (const experiment of await childrenOf()) {
      for (const node of await childrenOf(experiment)) {
        if (node.kind === "run" && node.run.row.runId === runId && node.run.row.status === status)
          return node;
      }
    }
    return undefined;
  });
}

/** Starts a command as a tracked run through the palette's command. */
export async function startRun(command: string[]): Promise<string> {
  const started = await vscode.commands.executeCommand<{ runId: string } | undefined>("cairn.runCommand", {
    command,
  });
  assert.ok(started, "the run was not started");
  return started.runId;
}

/** Titles of the open tabs. */
export function openTabs(): string[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs.map((tab) => tab.label));
}
