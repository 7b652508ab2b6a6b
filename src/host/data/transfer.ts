import * as vscode from "vscode";
import { formatBytes } from "../../shared/bytes.js";
import type { DataPullResult, DataPushResult } from "../../shared/data/remotes.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { type DataServices, isDataSetNode } from "./chooseData.js";
import { dataJob, shownDataJob } from "./dataJob.js";

const LISTED = 3;

/** Sends data to a remote or fetches it: of the selected rows, or all. The remote is asked for where none is the default. */
export async function transfer(
  host: DataServices,
  kind: "dataPush" | "dataPull",
  given: unknown,
  selection: unknown,
): Promise<DataPushResult | DataPullResult> {
  const rows = (Array.isArray(selection) && selection.length > 0 ? selection : [given]).filter(isDataSetNode);
  const project = rows[0]?.project ?? (await host.projects.choose());
  const paths = rows.filter((row) => row.project === project).map(({ item }) => item.path);
  const remote = await chooseRemote(project, kind);
  const params = { paths, ...(remote === undefined ? {} : { remote }) };
  if (kind === "dataPush") {
    const title = vscode.l10n.t("Pushing {0}", nameOf(paths));
    const pushed = await shownDataJob(project, "dataPush", params, title);
    tellSkipped(pushed.skipped);
    say(
      vscode.l10n.t(
        "{0} sent to {1}, {2} were there.",
        amount(pushed.sent, pushed.sentBytes),
        pushed.remote,
        pushed.present,
      ),
    );
    return pushed;
  }
  const pulled = await shownDataJob(project, "dataPull", params, vscode.l10n.t("Pulling {0}", nameOf(paths)));
  const kept = pulled.datasets
    .filter(({ state }) => state === "kept")
    .map(({ path, reason }) => ({ path, reason: reason ?? vscode.l10n.t("changed here") }));
  tellSkipped([...pulled.skipped, ...kept]);
  const restored = pulled.datasets.filter(({ state }) => state === "checkedOut").length;
  say(
    vscode.l10n.t(
      "{0} fetched, {1} datasets checked out.",
      amount(pulled.fetched, pulled.fetchedBytes),
      restored,
    ),
  );
  return pulled;
}

/** Undefined for the default one. */
async function chooseRemote(
  project: ProjectConnection,
  kind: "dataPush" | "dataPull",
): Promise<string | undefined> {
  const { remotes } = await dataJob(project, "remoteList", {});
  if (remotes.some(({ isDefault }) => isDefault)) return undefined;
  const [only, ...others] = remotes;
  if (only && others.length === 0) return only.name;
  if (!only) return addRemote(project, undefined);
  const items = remotes.map(({ name, url }) => ({ label: `$(cloud) ${name}`, description: url, name }));
  const title = kind === "dataPush" ? vscode.l10n.t("Cairn: Push Data") : vscode.l10n.t("Cairn: Pull Data");
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t("Which remote?"),
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.name;
}

/** Writes a remote, the default one, to DVC's configuration; returns its name. */
export async function addRemote(project: ProjectConnection, given: unknown): Promise<string> {
  const url = typeof given === "string" ? given : await askUrl();
  const { remotes } = await dataJob(project, "remoteList", {});
  const name = freeName(remotes.map((remote) => remote.name));
  const cwd = project.folder.uri.fsPath;
  const isDefault = !remotes.some((remote) => remote.isDefault);
  const params = { name, url, cwd, isDefault, force: false, local: false, options: {} };
  const { wrote } = await dataJob(project, "remoteAdd", params);
  say(vscode.l10n.t("The remote {0} was written to {1}.", name, wrote.join(", ")));
  return name;
}

async function askUrl(): Promise<string> {
  const url = await vscode.window.showInputBox({
    title: vscode.l10n.t("Cairn: Add Data Remote"),
    prompt: vscode.l10n.t("A folder, s3://bucket/prefix or ssh://user@host/path that data is pushed to"),
    placeHolder: "s3://bucket/data",
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Type an address.") : undefined),
  });
  if (url === undefined) throw new vscode.CancellationError();
  return url.trim();
}

function freeName(taken: readonly string[]): string {
  let name = "storage";
  for (let i = 2; taken.includes(name); i++) name = `storage-${i}`;
  return name;
}

function nameOf(paths: readonly string[]): string {
  const [only, ...others] = paths;
  if (only === undefined) return vscode.l10n.t("all data");
  return others.length === 0 ? only : vscode.l10n.t("{0} datasets", paths.length);
}

function amount(objects: number, bytes: number): string {
  return vscode.l10n.t("{0} files ({1})", objects, formatBytes(bytes));
}

function tellSkipped(skipped: readonly { path: string; reason: string }[]): void {
  if (skipped.length === 0) return;
  const named = skipped.slice(0, LISTED).map(({ path, reason }) => `${path}: ${reason}`);
  const more = skipped.length > LISTED ? ` ${vscode.l10n.t("and {0} more", skipped.length - LISTED)}` : "";
  void vscode.window.showWarningMessage(vscode.l10n.t("Left out: {0}", named.join("; ") + more));
}

function say(text: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${text}`, 10_000);
}
