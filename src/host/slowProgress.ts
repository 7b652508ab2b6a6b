import * as vscode from "vscode";

/** Milliseconds that may pass with no more than a word in the status bar. */
const PATIENCE_MS = 1000;

/**
 * Waits for `work`: in the status bar at first, after a second in a notification with a button that calls `cancel`.
 * What `work` then does is its own affair.
 */
export async function slowProgress<T>(title: string, work: Promise<T>, cancel: () => void): Promise<T> {
  const ended = work.then(
    () => true,
    () => true,
  );
  const late = new Promise<boolean>((resolve) => {
    setTimeout(resolve, PATIENCE_MS, false);
  });
  const inTime = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    Promise.race([ended, late]),
  );
  if (inTime) return work;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_progress, token) => {
      token.onCancellationRequested(cancel);
      return work;
    },
  );
}
