import * as vscode from "vscode";
import type { ProjectConnection } from "../engine/projectConnection.js";

/** Asks where to write a text, beginning in the project's folder, and writes it; nothing when that is not answered. */
export async function saveText(project: ProjectConnection, name: string, text: string): Promise<void> {
  const defaultUri = vscode.Uri.joinPath(project.folder.uri, name);
  const target = await vscode.window.showSaveDialog({ defaultUri });
  if (target) await vscode.workspace.fs.writeFile(target, Buffer.from(text, "utf8"));
}
