import path from "node:path";
import { fileURLToPath } from "node:url";
import * as vscode from "vscode";
import { CairnError } from "../../shared/errors.js";
import type { ProjectConnection } from "../engine/projectConnection.js";

/** Opens a file of a run's artifacts in the editor for its type; a folder is shown in the explorer of the system. */
export async function openArtifact(project: ProjectConnection, runId: string, file: string): Promise<void> {
  const { root } = await project.request("artifacts", { runId });
  const folder = root.startsWith("file:") ? fileURLToPath(root) : root;
  const target = path.resolve(folder, file);
  if (!target.startsWith(path.resolve(folder) + path.sep)) {
    throw new CairnError("refused", vscode.l10n.t("{0} lies outside the artifacts of its run.", file));
  }
  await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(target));
}

/** Opens the script that a run was started from. */
export async function openSource(project: ProjectConnection, runId: string): Promise<void> {
  const { row } = await project.request("run", { runId });
  const uri = vscode.Uri.file(path.resolve(project.folder.uri.fsPath, row.source));
  const found = row.source !== "" && (await isFile(uri));
  if (!found) {
    throw new CairnError(
      "notFound",
      vscode.l10n.t("The source {0} of this run is not here.", `"${row.source}"`),
    );
  }
  await vscode.window.showTextDocument(uri, { preview: true });
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}
