import * as vscode from "vscode";
import { formatBytes } from "../../shared/bytes.js";
import type { DataAddResult } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { type DataServices, isDataSetNode, isVersionNode } from "./chooseData.js";
import { insideProject, uriOfData } from "./dataPlace.js";
import { shownDataJob } from "./dataJob.js";
import { describeDataset } from "./describeData.js";
import { saveOpenFiles } from "./openDocuments.js";

interface Wanted {
  project: ProjectConnection;
  path: string;
}

/** Records a version of what is given (a row, files of the explorer) or picked. Returns what was added. */
export async function addVersion(
  host: DataServices,
  given: unknown,
  selection: unknown,
  message: string | undefined,
): Promise<DataAddResult[]> {
  const wanted = await choose(host, given, selection);
  const text = message ?? (await askMessage(wanted));
  const added: DataAddResult[] = [];
  for (const { project, path } of wanted) {
    await saveOpenFiles(uriOfData(project, path));
    const title = vscode.l10n.t("Adding {0}", path);
    added.push(await shownDataJob(project, "dataAdd", { path, message: text }, title));
  }
  tell(added);
  return added;
}

async function choose(host: DataServices, given: unknown, selection: unknown): Promise<Wanted[]> {
  if (isDataSetNode(given)) return [{ project: given.project, path: given.item.path }];
  if (isVersionNode(given)) return [{ project: given.parent.project, path: given.version.path }];
  const uris = Array.isArray(selection) ? selection.filter((each) => each instanceof vscode.Uri) : [];
  if (given instanceof vscode.Uri)
    return (uris.includes(given) ? uris : [given]).map((uri) => placeOf(host, uri));
  return [await pick(host)];
}

function placeOf(host: DataServices, uri: vscode.Uri): Wanted {
  const place = host.data.placeOf(uri);
  if (!place)
    throw new CairnError("invalid", vscode.l10n.t("{0} is not in an open folder.", uri.fsPath), {
      hint: vscode.l10n.t("Datasets lie below the project's folder."),
    });
  const path = place.path.endsWith(".dvc") ? place.path.slice(0, -".dvc".length) : place.path;
  return { project: place.data.project, path };
}

interface Offer extends vscode.QuickPickItem {
  wanted: () => Wanted | Promise<Wanted>;
}

/** Changed datasets first: those are what somebody comes for. */
async function pick(host: DataServices): Promise<Wanted> {
  const project = await host.projects.choose();
  const items = await host.data.of(project).datasets();
  const changed = items.filter(({ status }) => status?.state === "modified" || status?.state === "noPointer");
  const offers: Offer[] = changed.map((item) => ({
    label: `$(diff-modified) ${item.path}`,
    description: describeDataset({ ...item, path: "" }, vscode.l10n.t),
    wanted: () => ({ project, path: item.path }),
  }));
  const active = vscode.window.activeTextEditor?.document.uri;
  const own = active?.scheme === "file" ? insideProject(project, active) : undefined;
  if (active && own !== undefined && !changed.some(({ path }) => path === own))
    offers.push({
      label: `$(file) ${own}`,
      description: vscode.l10n.t("open file"),
      wanted: () => placeOf(host, active),
    });
  offers.push(
    { label: `$(file) ${vscode.l10n.t("Choose File…")}`, wanted: () => browse(host, project, false) },
    { label: `$(folder) ${vscode.l10n.t("Choose Folder…")}`, wanted: () => browse(host, project, true) },
  );
  const picked = await vscode.window.showQuickPick(offers, {
    title: vscode.l10n.t("Cairn: Add Data Version"),
    placeHolder: vscode.l10n.t("The file or folder of which a version is recorded; it stays where it is"),
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.wanted();
}

async function browse(host: DataServices, project: ProjectConnection, isFolder: boolean): Promise<Wanted> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Cairn: Add Data Version"),
    openLabel: vscode.l10n.t("Add"),
    defaultUri: project.folder.uri,
    canSelectFiles: !isFolder,
    canSelectFolders: isFolder,
  });
  const [uri] = picked ?? [];
  if (!uri) throw new vscode.CancellationError();
  return placeOf(host, uri);
}

async function askMessage(wanted: readonly Wanted[]): Promise<string> {
  const [only, ...others] = wanted;
  const what = others.length === 0 ? (only?.path ?? "") : vscode.l10n.t("{0} datasets", wanted.length);
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Cairn: Add Data Version"),
    prompt: vscode.l10n.t("What is this version of {0}? (Enter adds it, Escape does not)", what),
    placeHolder: vscode.l10n.t("for example: relabelled cam-07"),
  });
  if (text === undefined) throw new vscode.CancellationError();
  return text.trim();
}

function tell(added: readonly DataAddResult[]): void {
  for (const { warnings } of added)
    for (const warning of warnings.slice(0, 3)) void vscode.window.showWarningMessage(warning);
  const [only, ...others] = added;
  if (!only) return;
  const text =
    others.length > 0
      ? vscode.l10n.t("{0} versions were added.", added.filter(({ unchanged }) => !unchanged).length)
      : only.unchanged
        ? vscode.l10n.t("{0} has not changed: it is still version {1}.", only.path, only.version ?? "")
        : vscode.l10n.t(
            "{0} is version {1} now: {2}.",
            only.path,
            only.version ?? "",
            formatBytes(only.size),
          );
  vscode.window.setStatusBarMessage(`$(check) ${text}`, 10_000);
}
