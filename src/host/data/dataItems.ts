import * as vscode from "vscode";
import { treeItemOf } from "../tree/treeItems.js";
import {
  datasetTooltip,
  describeDataset,
  describeVersion,
  shownState,
  stateWord,
  versionLabel,
  versionTooltip,
} from "./describeData.js";
import type { AllRunsNode, DataNode, DataSetNode, MoreDataNode, VersionNode } from "./dataNodes.js";
import { stageItem } from "./stages.js";
import { stateUri } from "./stateDecorations.js";

const { None, Collapsed } = vscode.TreeItemCollapsibleState;

/** How many datasets or versions one "Show more" adds. */
export const PAGE = 100;
/** Runs that are listed below a version. */
export const RUNS_LISTED = 20;

/** How a node of the Data view looks. */
export function dataItemOf(node: DataNode): vscode.TreeItem {
  if (node.kind === "project" || node.kind === "run") return treeItemOf(node);
  const item = bareItem(node);
  item.id = node.id;
  return item;
}

function bareItem(node: Exclude<DataNode, { kind: "project" | "run" }>): vscode.TreeItem {
  switch (node.kind) {
    case "dataset":
      return datasetItem(node);
    case "version":
      return versionItem(node);
    case "more":
      return moreItem(node);
    case "allRuns":
      return allRunsItem(node);
    case "stages":
      return stagesItem();
    case "stage":
      return stageItem(node);
  }
}

function datasetItem({ item: dataset, project }: DataSetNode): vscode.TreeItem {
  const { path, summary, status } = dataset;
  const item = new vscode.TreeItem(path.slice(path.lastIndexOf("/") + 1), Collapsed);
  const state = status && shownState(status);
  const isFolder = status?.md5?.endsWith(".dir") ?? (summary !== undefined && summary.files !== null);
  item.resourceUri = stateUri(project.key, path, state);
  item.iconPath = isFolder ? new vscode.ThemeIcon("file-directory") : vscode.ThemeIcon.File;
  item.description = describeDataset(dataset, vscode.l10n.t);
  item.tooltip = new vscode.MarkdownString(datasetTooltip(dataset, vscode.l10n.t));
  const word = state === undefined ? "" : `, ${stateWord(state, vscode.l10n.t)}`;
  item.accessibilityInformation = { label: `${path}${word}, ${item.description}` };
  item.contextValue = ["dataset", state ?? "same", ...(summary ? ["versioned"] : [])].join(" ");
  return item;
}

/** Shapes differ, so that colour is never the only sign. */
function versionIcon({ parent, version }: VersionNode): vscode.ThemeIcon {
  if (!version.stored) return new vscode.ThemeIcon("cloud", new vscode.ThemeColor("descriptionForeground"));
  if (isPointed(parent, version.md5))
    return new vscode.ThemeIcon("circle-filled", new vscode.ThemeColor("charts.green"));
  return new vscode.ThemeIcon(version.version === null ? "git-commit" : "circle-outline");
}

function versionItem(node: VersionNode): vscode.TreeItem {
  const { parent, version } = node;
  const item = new vscode.TreeItem(versionLabel(version), version.runs.length > 0 ? Collapsed : None);
  item.iconPath = versionIcon(node);
  item.description = describeVersion(version, Date.now(), vscode.l10n.t);
  const text = new vscode.MarkdownString(
    versionTooltip(version, isPointed(parent, version.md5), vscode.l10n.t),
    true,
  );
  item.tooltip = text;
  item.accessibilityInformation = {
    label: vscode.l10n.t("version {0} of {1}, {2}", versionLabel(version), version.path, item.description),
  };
  item.contextValue = [
    "version",
    ...(version.stored ? ["stored"] : ["remote"]),
    ...(isPointed(parent, version.md5) ? ["pointed"] : []),
    ...(version.runs.length > 0 ? ["read"] : []),
  ].join(" ");
  return item;
}

function isPointed({ item }: DataSetNode, md5: string): boolean {
  return item.status?.md5 === md5;
}

function moreItem(node: MoreDataNode): vscode.TreeItem {
  const title = vscode.l10n.t("Show {0} more…", PAGE);
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: "cairn.dataShowMore", title, arguments: [node] };
  item.contextValue = "more";
  return item;
}

function stagesItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Stages"), Collapsed);
  item.iconPath = new vscode.ThemeIcon("type-hierarchy");
  item.tooltip = vscode.l10n.t("The stages of dvc.yaml and cairn.yaml, and why one has to run.");
  item.contextValue = "stages";
  return item;
}

function allRunsItem({ parent }: AllRunsNode): vscode.TreeItem {
  const title = vscode.l10n.t("Show all runs of this version");
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon("table");
  item.command = { command: "cairn.dataShowRuns", title, arguments: [parent] };
  item.contextValue = "more";
  return item;
}
