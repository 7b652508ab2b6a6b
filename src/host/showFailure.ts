import * as vscode from "vscode";
import { CairnError, toError, toErrorShape } from "../shared/errors.js";

/**
 * Logs a failure with its causes and shows it with its hint. What the user cancelled is not shown.
 * Does not wait for the message to be closed.
 */
export function showFailure(log: vscode.LogOutputChannel, doing: string, thrown: unknown): void {
  const shape = toErrorShape(thrown);
  if (shape.code === "cancelled" || thrown instanceof vscode.CancellationError) return;
  log.error(`${doing}: ${describe(toError(thrown))}`);
  const showLog = vscode.l10n.t("Show Log");
  const text = shape.hint === undefined ? shape.message : `${shape.message} ${shape.hint}`;
  void vscode.window.showErrorMessage(text, showLog).then((choice) => {
    if (choice === showLog) log.show();
  });
}

function describe(error: Error): string {
  const text =
    error instanceof CairnError ? `${error.code}: ${error.message}` : (error.stack ?? error.message);
  return error.cause === undefined ? text : `${text}\n  cause: ${describe(toError(error.cause))}`;
}
