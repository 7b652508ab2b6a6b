import * as vscode from "vscode";
import type { ProjectConnection } from "../engine/projectConnection.js";

/** Stops a run and waits until its processes are gone; the wait can be left, the stop goes on. */
export async function stopRun(project: ProjectConnection, runId: string): Promise<void> {
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Stopping the run…"),
      cancellable: true,
    },
    async (_progress, token) => {
      const stopped = project.request("runStop", { runId });
      await Promise.race([stopped, cancelled(token)]);
    },
  );
}

/** Deletes runs after asking once. They can be restored. */
export async function deleteRuns(project: ProjectConnection, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  if (runIds.length > 1 && !(await confirm(vscode.l10n.t("Delete {0} runs?", runIds.length)))) return;
  await project.request("runDelete", { runIds: [...runIds] });
  void offerUndo(project, runIds);
}

async function offerUndo(project: ProjectConnection, runIds: readonly string[]): Promise<void> {
  const undo = vscode.l10n.t("Undo");
  const text =
    runIds.length === 1
      ? vscode.l10n.t("The run is deleted.")
      : vscode.l10n.t("{0} runs are deleted.", runIds.length);
  if ((await vscode.window.showInformationMessage(text, undo)) === undo) {
    await project.request("runRestore", { runIds: [...runIds] });
  }
}

/** Asks before something that touches many; deleted things can be restored, which the question says. */
export async function confirm(question: string): Promise<boolean> {
  const yes = vscode.l10n.t("Delete");
  const detail = vscode.l10n.t("They can be restored: Show Deleted lists them.");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

function cancelled(token: vscode.CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    token.onCancellationRequested(() => {
      resolve();
    });
  });
}
