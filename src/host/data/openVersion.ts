import * as vscode from "vscode";
import { formatBytes } from "../../shared/bytes.js";
import type { DataFilesResult } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import { runCommand } from "../commands/registrar.js";
import { chooseVersion, type DataServices, targetOf, type VersionRef } from "./chooseData.js";
import { dataJob, shownDataJob } from "./dataJob.js";
import { versionLabel } from "./describeData.js";
import { versionUri } from "./versionUri.js";

/** Bytes above which a file is not loaded into an editor. */
export const EDITOR_MAX = 20 << 20;

type File = DataFilesResult["files"][number];

/** Opens a file of a version for reading, in the editor for its type. The dataset itself is not touched. */
export async function openVersion(host: DataServices, given: unknown): Promise<void> {
  const title = vscode.l10n.t("Cairn: Open Data at Version");
  const wanted = await chooseVersion(host, given, title, ({ stored }) => stored);
  const { files, isFolder } = await dataJob(wanted.project, "dataFiles", { target: targetOf(wanted) });
  const file = isFolder ? await pickFile(files, wanted) : files[0];
  if (!file)
    throw new CairnError("notFound", vscode.l10n.t("This version of {0} has no files.", wanted.path));
  const inside = isFolder ? file.path : undefined;
  if ((file.size ?? 0) > EDITOR_MAX) {
    await offerCopy(wanted, inside, file.size ?? 0);
    return;
  }
  const restored = { target: targetOf(wanted), ...(inside === undefined ? {} : { file: inside }) };
  // First with its progress and its failure; the editor then reads what is there.
  const shown = vscode.l10n.t("Restoring {0} {1}", wanted.path, versionLabel(wanted.version));
  await shownDataJob(wanted.project, "dataExtract", restored, shown);
  const uri = versionUri(wanted.project, versionLabel(wanted.version), restored);
  await vscode.commands.executeCommand("vscode.open", uri);
}

async function pickFile(files: readonly File[], wanted: VersionRef): Promise<File> {
  const items = files.map((file) => ({
    label: file.path,
    description: file.size === null ? "" : formatBytes(file.size),
    file,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `${wanted.path} ${versionLabel(wanted.version)}`,
    placeHolder: vscode.l10n.t("A file of this version"),
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.file;
}

async function offerCopy(wanted: VersionRef, file: string | undefined, size: number): Promise<void> {
  const save = vscode.l10n.t("Save a Copy…");
  const checkOut = vscode.l10n.t("Check Out…");
  const name = file ?? wanted.path;
  const text = vscode.l10n.t("{0} of this version has {1}: too much for an editor.", name, formatBytes(size));
  const chosen = await vscode.window.showInformationMessage(text, save, checkOut);
  if (chosen === checkOut) {
    await runCommand("cairn.dataCheckout", wanted);
    return;
  }
  if (chosen !== save) return;
  const base = name.slice(name.lastIndexOf("/") + 1);
  const defaultUri = vscode.Uri.joinPath(
    wanted.project.folder.uri,
    `${versionLabel(wanted.version)}-${base}`,
  );
  const to = await vscode.window.showSaveDialog({ defaultUri });
  if (to?.scheme !== "file") return;
  const params = { target: targetOf(wanted), to: to.fsPath, ...(file === undefined ? {} : { file }) };
  await shownDataJob(wanted.project, "dataExtract", params, vscode.l10n.t("Writing {0}", base));
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("{0} was written.", to.fsPath)}`, 10_000);
}
