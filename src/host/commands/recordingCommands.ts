import path from "node:path";
import * as vscode from "vscode";
import { CairnError, toError } from "../../shared/errors.js";
import type { EntryInfo, LaunchSpec } from "../../shared/protocol.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Host } from "../features.js";
import { entryPickItems, paramPickItems, splitCommand } from "../runs/pickItems.js";
import { pythonOf } from "../runs/python.js";
import { requireTrust } from "../runs/requireTrust.js";
import { slowProgress } from "../slowProgress.js";

/** The commands that start a run. Each takes its answers as arguments too, and returns the run's id. */
export function registerRecordingCommands(host: Host): void {
  const { commands, projects } = host;

  commands.register("cairn.runEntry", async (given) => {
    await requireTrust();
    const wanted = given as { entry?: string; params?: Record<string, string> } | undefined;
    const project = await projects.choose();
    const entry = await chooseEntry(project, wanted?.entry);
    const params = wanted?.entry === undefined ? await editParams(entry) : (wanted.params ?? {});
    return startRun(host, project, { entry: entry.name, params });
  });

  commands.register("cairn.runFile", async (resource) => {
    await requireTrust();
    const file = resource instanceof vscode.Uri ? resource : await choosePythonFile();
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === file.toString());
    if (document?.isDirty === true) await document.save();
    const project = await projects.choose(file);
    const relative = path.relative(project.folder.uri.fsPath, file.fsPath);
    return startRun(host, project, { file: relative }, vscode.ViewColumn.Beside);
  });

  commands.register("cairn.runCommand", async (given) => {
    await requireTrust();
    const wanted = given as { command?: string[]; data?: string[] } | undefined;
    const project = await projects.choose();
    const command = wanted?.command ?? (await askCommand(host));
    return startRun(host, project, { command, ...(wanted?.data ? { data: wanted.data } : {}) });
  });
}

/** Starts a run and shows it. */
export async function startRun(
  host: Host,
  project: ProjectConnection,
  spec: LaunchSpec,
  column?: vscode.ViewColumn,
): Promise<{ runId: string }> {
  const python = await pythonOf(project.folder);
  const title = vscode.l10n.t("Starting the run…");
  const started = project.request("runStart", { ...spec, ...(python === undefined ? {} : { python }) });
  const { runId, name } = await slowProgress(title, started, () => {
    // What has begun is a run: it is stopped like any other, and stays to be looked at.
    started
      .then(({ runId }) => project.request("runStop", { runId }))
      .catch((error: unknown) => {
        host.log.warn(`Failed to stop a run that was cancelled: ${toError(error).message}`);
      });
  });
  await host.panels.openRun({ project, runId, name, tab: "metrics", column, preserveFocus: true });
  return { runId };
}

async function chooseEntry(project: ProjectConnection, wanted?: string): Promise<EntryInfo> {
  const { entries, problems } = await project.request("entries", {});
  if (entries.length === 0) {
    throw new CairnError(
      "notFound",
      problems[0] ?? vscode.l10n.t("{0} has no entries to run.", project.name),
      {
        hint: vscode.l10n.t('Name one in cairn.yaml, as in  entries: {train: {command: "python train.py"}}'),
      },
    );
  }
  if (wanted !== undefined) {
    const found = entries.find((entry) => entry.name === wanted);
    if (!found) throw new CairnError("notFound", vscode.l10n.t('There is no entry "{0}".', wanted));
    return found;
  }
  const [only, ...others] = entries;
  if (only && others.length === 0) return only;
  const title = vscode.l10n.t("Cairn: Run Entry");
  const picked = await vscode.window.showQuickPick(entryPickItems(entries), { title, matchOnDetail: true });
  if (!picked) throw new vscode.CancellationError();
  return picked.entry;
}

/** Shows the parameters until the person starts the run; each can be changed. Returns those that were. */
export async function editParams(
  entry: EntryInfo,
  given: Record<string, string> = {},
): Promise<Record<string, string>> {
  const params = { ...entry.params, ...given };
  if (Object.keys(params).length === 0) return {};
  const title = vscode.l10n.t("Cairn: Run {0}", entry.name);
  for (;;) {
    const items = paramPickItems(entry, params, vscode.l10n.t);
    const placeHolder = vscode.l10n.t("Enter starts the run; choose a parameter to change it");
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
    if (!picked) throw new vscode.CancellationError();
    const { param } = picked;
    if (param === undefined) break;
    const value = await vscode.window.showInputBox({ title, prompt: param, value: params[param] ?? "" });
    if (value !== undefined) params[param] = value;
  }
  return Object.fromEntries(Object.entries(params).filter(([name, value]) => entry.params[name] !== value));
}

async function choosePythonFile(): Promise<vscode.Uri> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === "python" && document.uri.scheme === "file") return document.uri;
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Run Python File as a Tracked Run"),
    openLabel: vscode.l10n.t("Run"),
    filters: { Python: ["py"] },
    ...(vscode.workspace.workspaceFolders?.[0] && { defaultUri: vscode.workspace.workspaceFolders[0].uri }),
  });
  const [file] = picked ?? [];
  if (!file) throw new vscode.CancellationError();
  return file;
}

const LAST_COMMAND = "cairn.lastCommand";

/** Asks for a program and its arguments; `given`, or the last one that was typed, is there to begin with. */
export async function askCommand({ context }: Host, given?: string, folder?: string): Promise<string[]> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Cairn: Run Command as a Tracked Run"),
    prompt:
      folder === undefined
        ? vscode.l10n.t("A program and its arguments, run in the project's folder without a shell")
        : vscode.l10n.t("A program and its arguments, run in {0} without a shell", folder),
    placeHolder: "python train.py --lr 0.05",
    value: given ?? context.workspaceState.get<string>(LAST_COMMAND, ""),
    validateInput: (text) => {
      const words = splitCommand(text);
      if (words === undefined) return vscode.l10n.t("A quote is left open.");
      return words.length === 0 ? vscode.l10n.t("Type a command.") : undefined;
    },
  });
  const words = typed === undefined ? undefined : splitCommand(typed);
  if (!words) throw new vscode.CancellationError();
  await context.workspaceState.update(LAST_COMMAND, typed);
  return words;
}
