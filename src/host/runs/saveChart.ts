import { open, rename, rm } from "node:fs/promises";
import * as vscode from "vscode";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { POINT_HEAD, pointRows } from "./pointRows.js";

/** Points read at once. */
const PAGE = 20_000;

/** Asks where to write a picture or a table, beginning in the project's folder, and writes it. */
export async function saveBytes(project: ProjectConnection, name: string, bytes: Uint8Array): Promise<void> {
  const target = await pickTarget(project, name);
  if (!target) return;
  const temp = target.with({ path: `${target.path}.part` });
  await vscode.workspace.fs.writeFile(temp, bytes);
  await vscode.workspace.fs.rename(temp, target, { overwrite: true });
}

/** Asks where to write every point of a metric as CSV, and writes them a page at a time: there may be millions. */
export async function savePoints(project: ProjectConnection, key: string, runIds: string[]): Promise<void> {
  const target = await pickTarget(project, `${key.replace(/[^\p{L}\p{N}._-]+/gu, "_")}.csv`);
  if (!target) return;
  const temp = `${target.fsPath}.part`;
  const title = vscode.l10n.t("Saving the points of {0}", key);
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, cancel) => {
    const file = await open(temp, "w");
    try {
      await file.write(POINT_HEAD);
      for (const runId of runIds) {
        const { row } = await project.request("run", { runId });
        progress.report({ message: row.name, increment: 100 / runIds.length });
        for await (const text of pagesOf(project, runId, row.name, key)) {
          if (cancel.isCancellationRequested) return;
          await file.write(text);
        }
      }
      await file.sync();
      await rename(temp, target.fsPath);
    } finally {
      await file.close();
      await rm(temp, { force: true });
    }
  });
}

async function* pagesOf(
  project: ProjectConnection,
  runId: string,
  name: string,
  key: string,
): AsyncGenerator<string> {
  let pageToken: string | undefined;
  do {
    const query = { runId, key, maxResults: PAGE, ...(pageToken === undefined ? {} : { pageToken }) };
    const { items, nextPageToken } = await project.request("history", query);
    yield pointRows(runId, name, items);
    pageToken = nextPageToken;
  } while (pageToken !== undefined);
}

function pickTarget(project: ProjectConnection, name: string): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(project.folder.uri, name) });
}
