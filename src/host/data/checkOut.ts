import * as vscode from "vscode";
import type { DataCheckoutResult } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import { addVersion } from "./addVersion.js";
import { chooseVersion, type DataServices, targetOf, type VersionRef } from "./chooseData.js";
import { dataJob, shownDataJob } from "./dataJob.js";
import { uriOfData } from "./dataPlace.js";
import { versionLabel } from "./describeData.js";
import { refuseUnsaved } from "./openDocuments.js";

/** Makes a dataset what one of its versions says. What was changed and is stored nowhere is asked about first. */
export async function checkOut(host: DataServices, given: unknown): Promise<DataCheckoutResult> {
  const title = vscode.l10n.t("Cairn: Check Out Data Version");
  const wanted = await chooseVersion(host, given, title, ({ stored }) => stored);
  refuseUnsaved(uriOfData(wanted.project, wanted.path));
  let result: DataCheckoutResult;
  try {
    result = await restore(wanted, false);
  } catch (error) {
    if (!(error instanceof CairnError) || error.code !== "refused" || !(await isModified(wanted)))
      throw error;
    result = await restore(wanted, await askToOverwrite(host, wanted, error.message));
  }
  const text = vscode.l10n.t(
    "{0} is {1} now: {2} files written, {3} removed, {4} kept.",
    result.path,
    versionLabel(wanted.version),
    result.written,
    result.removed,
    result.kept,
  );
  vscode.window.setStatusBarMessage(`$(check) ${text}`, 10_000);
  return result;
}

function restore(wanted: VersionRef, force: boolean): Promise<DataCheckoutResult> {
  const title = vscode.l10n.t("Checking out {0} {1}", wanted.path, versionLabel(wanted.version));
  return shownDataJob(wanted.project, "dataCheckout", { target: targetOf(wanted), force }, title);
}

async function isModified({ project, path }: VersionRef): Promise<boolean> {
  const { datasets } = await dataJob(project, "dataStatus", { paths: [path] });
  return datasets.some(({ state }) => state === "modified" || state === "noPointer");
}

/** Returns whether changes are given up; false after they were added as a version. Throws CancellationError. */
async function askToOverwrite(host: DataServices, wanted: VersionRef, what: string): Promise<boolean> {
  const add = vscode.l10n.t("Add as Version First");
  const overwrite = vscode.l10n.t("Overwrite");
  const question = vscode.l10n.t("{0} was changed since its version was added.", wanted.path);
  const detail = vscode.l10n.t(
    "{0} Checking out {1} replaces it. Overwrite gives these changes up for good.",
    what,
    versionLabel(wanted.version),
  );
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, add, overwrite);
  if (chosen === undefined) throw new vscode.CancellationError();
  if (chosen === overwrite) return true;
  await addVersion(host, vscode.Uri.joinPath(wanted.project.folder.uri, wanted.path), undefined, undefined);
  return false;
}
