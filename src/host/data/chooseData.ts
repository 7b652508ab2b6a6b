import * as vscode from "vscode";
import type { DataVersion } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { describeDataset, describeVersion, shownState, signOf, versionLabel } from "./describeData.js";
import type { DataItem, DataSetNode, VersionNode } from "./dataNodes.js";
import type { WindowData } from "./windowData.js";

/** A dataset, as commands pass it on. */
export interface DataRef {
  project: ProjectConnection;
  path: string;
}

export interface VersionRef extends DataRef {
  version: DataVersion;
}

export interface DataServices extends Services {
  data: WindowData;
}

export function isDataSetNode(value: unknown): value is DataSetNode {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "dataset";
}

export function isVersionNode(value: unknown): value is VersionNode {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "version";
}

function isDataRef(value: unknown): value is DataRef & { version?: number | DataVersion } {
  return typeof value === "object" && value !== null && "project" in value && "path" in value;
}

/** `PATH@VERSION` as every job takes it. */
export function targetOf({ path, version }: VersionRef): string {
  return `${path}@${version.version ?? version.commits[0]?.commit ?? version.md5}`;
}

/** The dataset that a command is about: of the row, of the file, else the one picked. */
export async function chooseDataSet(host: DataServices, given: unknown, title: string): Promise<DataRef> {
  if (isDataSetNode(given)) return { project: given.project, path: given.item.path };
  if (isVersionNode(given)) return { project: given.parent.project, path: given.version.path };
  if (given instanceof vscode.Uri) return ofFile(host, given);
  if (isDataRef(given)) return { project: given.project, path: given.path };
  const project = await host.projects.choose();
  const items = await host.data.of(project).datasets();
  if (items.length === 0)
    throw new CairnError("notFound", vscode.l10n.t("{0} has no dataset yet.", project.name), {
      hint: vscode.l10n.t("Add Data Version… records the first version of a file or folder."),
    });
  const picked = await vscode.window.showQuickPick(items.map(dataPickItem), {
    title,
    matchOnDescription: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return { project, path: picked.item.path };
}

/** The version that a command is about: of the row, of the number named, else the one picked. */
export async function chooseVersion(
  host: DataServices,
  given: unknown,
  title: string,
  isOffered: (version: DataVersion) => boolean = () => true,
): Promise<VersionRef> {
  if (isVersionNode(given))
    return { project: given.parent.project, path: given.version.path, version: given.version };
  const named = isDataRef(given) ? given.version : undefined;
  if (isDataRef(given) && typeof named === "object")
    return { project: given.project, path: given.path, version: named };
  const number = typeof named === "number" ? named : undefined;
  const { project, path } = await chooseDataSet(host, given, title);
  const versions = await host.data.of(project).versions(path);
  if (number !== undefined) {
    const found = versions.find(({ version }) => version === number);
    if (found) return { project, path, version: found };
    throw new CairnError("notFound", vscode.l10n.t("{0} has no version {1}.", path, number));
  }
  const items = versions.filter(isOffered).map((version) => versionPickItem(version));
  if (items.length === 0)
    throw new CairnError("notFound", vscode.l10n.t("No version of {0} is on this machine.", path));
  const picked = await vscode.window.showQuickPick(items, {
    title: `${title}: ${path}`,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return { project, path, version: picked.version };
}

export function versionPickItem(version: DataVersion) {
  const { commits, author } = version;
  const commit = commits[0] ? ` · ${commits[0].commit.slice(0, 8)} ${commits[0].subject}` : "";
  return {
    label: `$(${version.stored ? "history" : "cloud"}) ${versionLabel(version)}`,
    description: describeVersion(version, Date.now(), vscode.l10n.t),
    detail: `${author}${commit}`,
    version,
  };
}

function dataPickItem(item: DataItem) {
  const state = item.status && shownState(item.status);
  const badge = state === undefined ? "" : ` (${signOf(state).badge})`;
  return {
    label: `$(database) ${item.path}${badge}`,
    description: describeDataset({ ...item, path: "" }, vscode.l10n.t),
    item,
  };
}

async function ofFile(host: DataServices, uri: vscode.Uri): Promise<DataRef> {
  const place = host.data.placeOf(uri);
  if (!place) throw new CairnError("notFound", vscode.l10n.t("{0} is not in an open folder.", uri.fsPath));
  await place.data.datasets();
  const path = place.path.endsWith(".dvc") ? place.path.slice(0, -".dvc".length) : place.path;
  const item = place.data.datasetOf(path);
  if (item) return { project: place.data.project, path: item.path };
  throw new CairnError("notFound", vscode.l10n.t("{0} is no dataset.", place.path), {
    hint: vscode.l10n.t("Add Data Version… records the first version of a file or folder."),
  });
}
