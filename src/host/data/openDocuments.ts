import path from "node:path";
import * as vscode from "vscode";
import { CairnError } from "../../shared/errors.js";

/** Documents with changes that are not on disk, of a file or of what lies in a folder. */
function dirtyIn(uri: vscode.Uri): vscode.TextDocument[] {
  const within = uri.fsPath + path.sep;
  return vscode.workspace.textDocuments.filter(
    ({ isDirty, uri: own }) =>
      isDirty && own.scheme === "file" && (own.fsPath === uri.fsPath || own.fsPath.startsWith(within)),
  );
}

/** A version holds what is seen in the editor. */
export async function saveOpenFiles(uri: vscode.Uri): Promise<void> {
  for (const document of dirtyIn(uri)) {
    if (!(await document.save()))
      throw new CairnError("refused", vscode.l10n.t("{0} could not be saved.", document.uri.fsPath));
  }
}

/** Throws CairnError `refused` where an editor has changes that a checkout would contradict. */
export function refuseUnsaved(uri: vscode.Uri): void {
  const [first] = dirtyIn(uri);
  if (!first) return;
  throw new CairnError(
    "refused",
    vscode.l10n.t("{0} has unsaved changes.", path.basename(first.uri.fsPath)),
    {
      hint: vscode.l10n.t("Save or revert them first."),
    },
  );
}
