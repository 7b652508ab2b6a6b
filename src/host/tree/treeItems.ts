import * as vscode from "vscode";
import { isActive } from "./arrangeRuns.js";
import { describeRun, runTooltip, statusIcon, statusWord } from "./describeRun.js";
import type { ExperimentNode, MoreNode, ProjectNode, RunNode, TreeNode } from "./nodes.js";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** MLflow's own experiment, which cannot be deleted. */
export const DEFAULT_EXPERIMENT = "0";

/** How many runs one "Show more" adds. */
export const PAGE = 100;

/** How a node looks. */
export function treeItemOf(node: TreeNode): vscode.TreeItem {
  const item = bareItem(node);
  item.id = node.id;
  return item;
}

function bareItem(node: TreeNode): vscode.TreeItem {
  switch (node.kind) {
    case "project":
      return projectItem(node);
    case "experiment":
      return experimentItem(node);
    case "run":
      return runItem(node);
    case "more":
      return moreItem(node);
    case "deleted":
      return deletedItem();
  }
}

function projectItem({ project }: ProjectNode): vscode.TreeItem {
  const item = new vscode.TreeItem(project.name, Expanded);
  item.iconPath = new vscode.ThemeIcon("root-folder");
  item.description = project.state.kind === "failed" ? vscode.l10n.t("cannot be read") : "";
  item.tooltip = project.state.kind === "failed" ? project.state.error.message : project.folder.uri.fsPath;
  item.contextValue = "project";
  return item;
}

function experimentItem({ experiment, first }: ExperimentNode): vscode.TreeItem {
  const deleted = experiment.lifecycleStage === "deleted";
  const open = first || experiment.activeRuns > 0;
  const item = new vscode.TreeItem(experiment.name, deleted ? None : open ? Expanded : Collapsed);
  item.iconPath = new vscode.ThemeIcon(deleted ? "trash" : "beaker");
  const running = experiment.activeRuns > 0 ? [vscode.l10n.t("{0} running", experiment.activeRuns)] : [];
  item.description = [String(experiment.runCount), ...running].join(" · ");
  item.tooltip = vscode.l10n.t("{0}: {1} runs", experiment.name, experiment.runCount);
  item.contextValue = [
    "experiment",
    deleted ? "deleted" : "live",
    ...(experiment.experimentId === DEFAULT_EXPERIMENT ? [] : ["own"]),
  ].join(" ");
  return item;
}

function runItem({ run, project, children }: RunNode): vscode.TreeItem {
  const { row } = run;
  const item = new vscode.TreeItem(row.name, children.length > 0 ? Collapsed : None);
  const { icon, color } = row.deleted
    ? { icon: "trash", color: "descriptionForeground" }
    : statusIcon(row.status);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.description = describeRun(run, vscode.l10n.t);
  item.tooltip = new vscode.MarkdownString(runTooltip(run, Date.now(), vscode.l10n.t));
  item.accessibilityInformation = {
    label: `${row.name}, ${statusWord(row.status, vscode.l10n.t)}, ${item.description}`,
  };
  item.contextValue = [
    "run",
    isActive(row) ? "running" : "ended",
    ...(row.launched ? ["launched"] : []),
    row.deleted ? "deleted" : "live",
    ...(row.starred ? ["starred"] : []),
  ].join(" ");
  item.command = {
    command: "cairn.openRun",
    title: vscode.l10n.t("Open Run"),
    arguments: [{ project, runId: row.runId, name: row.name, preserveFocus: true }],
  };
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const title = vscode.l10n.t("Show {0} more…", PAGE);
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: "cairn.showMore", title, arguments: [node] };
  item.contextValue = "more";
  return item;
}

function deletedItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Deleted"), Collapsed);
  item.iconPath = new vscode.ThemeIcon("trash");
  item.tooltip = vscode.l10n.t("What was deleted here and can be restored.");
  item.contextValue = "deleted";
  return item;
}
