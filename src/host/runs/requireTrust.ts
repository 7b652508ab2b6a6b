import * as vscode from "vscode";

/** Ends the command in Restricted Mode, with the offer to trust the workspace. */
export async function requireTrust(
  text = vscode.l10n.t("Nothing is run in Restricted Mode. Trust this workspace to start a run."),
): Promise<void> {
  if (vscode.workspace.isTrusted) return;
  const manage = vscode.l10n.t("Manage Workspace Trust");
  if ((await vscode.window.showWarningMessage(text, manage)) === manage) {
    await vscode.commands.executeCommand("workbench.trust.manage");
  }
  throw new vscode.CancellationError();
}
