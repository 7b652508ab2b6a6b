import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { CairnError } from "../../shared/errors.js";
import type { RunPanelApi } from "../../shared/run/api.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { insideOf, localFolder, localPath } from "./localPaths.js";

type OpenArtifact = RunPanelApi["requests"]["openArtifact"]["params"];

/** Opens a file of a run's artifacts in an editor, copies it elsewhere, or shows it in the system's own explorer. */
export async function openArtifact(
  project: ProjectConnection,
  runId: string,
  { path: file, how }: OpenArtifact,
): Promise<void> {
  const { root } = await project.request("artifacts", { runId });
  const uri = await artifactUri(root, file);
  if (how === "saveAs") await saveAs(uri);
  else if (how === "reveal") await reveal(uri);
  else await vscode.commands.executeCommand(how === "openWith" ? "explorer.openWith" : "vscode.open", uri);
}

/** In the system's file explorer, or in the editor's own where the files are on another machine than the window. */
async function reveal(uri: vscode.Uri): Promise<void> {
  const isElsewhere = vscode.env.uiKind === vscode.UIKind.Web || vscode.env.remoteName !== undefined;
  await vscode.commands.executeCommand(isElsewhere ? "revealInExplorer" : "revealFileInOS", uri);
}

/** Opens the folder of a model that a run logged, at the file that describes it where there is one. */
export async function openModel(project: ProjectConnection, modelId: string): Promise<void> {
  const { models } = await project.request("modelFolders", { modelIds: [modelId] });
  const [model] = models;
  if (!model) throw new CairnError("notFound", vscode.l10n.t("The model {0} is no longer there.", modelId));
  const uri = vscode.Uri.file(path.join(folderOf(model.root), "MLmodel"));
  if (await isFile(uri)) await vscode.window.showTextDocument(uri, { preview: true });
  else await reveal(vscode.Uri.file(folderOf(model.root)));
}

/** Opens the script that a run was started from. */
export async function openSource(project: ProjectConnection, runId: string): Promise<void> {
  const { row } = await project.request("run", { runId });
  const uri = row.source === "" ? undefined : await fileOf(project, row.source);
  if (!uri) {
    throw new CairnError(
      "notFound",
      vscode.l10n.t("The source {0} of this run is not here.", `"${row.source}"`),
    );
  }
  await vscode.window.showTextDocument(uri, { preview: true });
}

/** Opens a file that a run's output or inputs name, in the editor for its type unless a line of it is meant. */
export async function openPlace(
  project: ProjectConnection,
  place: { path: string; line?: number; column?: number | undefined },
): Promise<void> {
  const uri = await fileOf(project, place.path);
  if (!uri) throw new CairnError("notFound", vscode.l10n.t("{0} is not here.", place.path));
  if (place.line === undefined) {
    await vscode.commands.executeCommand("vscode.open", uri);
    return;
  }
  const at = new vscode.Position(Math.max(0, place.line - 1), Math.max(0, (place.column ?? 1) - 1));
  await vscode.window.showTextDocument(uri, { preview: true, selection: new vscode.Range(at, at) });
}

/** A file of this machine that a run names. */
async function fileOf(project: ProjectConnection, name: string): Promise<vscode.Uri | undefined> {
  const target = localPath(name, project.folder.uri.fsPath);
  if (target === undefined) return undefined;
  const uri = vscode.Uri.file(target);
  return (await isFile(uri)) ? uri : undefined;
}

function folderOf(root: string): string {
  const folder = localFolder(root);
  if (folder !== undefined) return folder;
  throw new CairnError("notFound", vscode.l10n.t("These artifacts are kept elsewhere, at {0}.", root));
}

async function artifactUri(root: string, file: string): Promise<vscode.Uri> {
  const found = await insideOf(folderOf(root), file);
  if ("path" in found) return vscode.Uri.file(found.path);
  throw found.reason === "missing"
    ? new CairnError("notFound", vscode.l10n.t("{0} is no longer there.", file))
    : new CairnError("refused", vscode.l10n.t("{0} lies outside the artifacts of its run.", file));
}

async function saveAs(from: vscode.Uri): Promise<void> {
  const home = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(os.homedir());
  const defaultUri = vscode.Uri.joinPath(home, path.basename(from.fsPath));
  const to = await vscode.window.showSaveDialog({ defaultUri });
  if (to) await vscode.workspace.fs.copy(from, to, { overwrite: true });
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}
