import * as vscode from "vscode";
import { formatBytes } from "../../shared/bytes.js";
import { CairnError, fromErrorShape } from "../../shared/errors.js";
import type { DiskUse } from "../../shared/jobs.js";
import { runCommand } from "../commands/registrar.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Host } from "../features.js";
import { type Due, dueByAge, sizeAndShare } from "./diskItems.js";

interface DiskItem extends vscode.QuickPickItem {
  action?: () => Thenable<unknown>;
}

/** Taking away the points of thousands of runs may take its time. */
const TIMEOUT_MS = 24 * 3600_000;
const MOST = 15;

/** The command that shows what fills a project, and deletes for good what was deleted. */
export function registerDiskUse({ commands, projects }: Host): void {
  commands.register("cairn.showDiskUse", async () => {
    const project = await projects.choose(undefined, true);
    const use = await measure(project);
    const chosen = await vscode.window.showQuickPick(itemsOf(project, use), {
      title: vscode.l10n.t("{0} takes {1}", project.name, formatBytes(use.total)),
      placeHolder: vscode.l10n.t("Choose a run to open it, or what to clean up"),
      matchOnDescription: true,
    });
    await chosen?.action?.();
  });
}

function measure(project: ProjectConnection): Promise<DiskUse> {
  const title = vscode.l10n.t("Measuring what fills {0}…", project.name);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const work = async (
    progress: vscode.Progress<{ message?: string }>,
    token: vscode.CancellationToken,
  ): Promise<DiskUse> => {
    const { jobId } = await project.request("jobStart", { kind: "diskUse", params: {} });
    token.onCancellationRequested(() => void project.request("jobCancel", { jobId }));
    const { job, output } = await project.request(
      "jobWait",
      { jobId },
      {
        onProgress: ({ message }) => {
          progress.report({ message });
        },
      },
    );
    if (job.state === "done") return output as DiskUse;
    throw job.error ? fromErrorShape(job.error) : new CairnError("cancelled", "Cancelled.");
  };
  return Promise.resolve(vscode.window.withProgress(options, work));
}

function itemsOf(project: ProjectConnection, use: DiskUse): DiskItem[] {
  const heading = (label: string): DiskItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const size = (bytes: number) => sizeAndShare(bytes, use.total);
  const cleanUps = dueByAge(use, Date.now()).map((due): DiskItem => ({
    label: `$(trash) ${cleanUpLabel(due)}`,
    description: size(due.bytes),
    action: () => cleanUp(project, due),
  }));
  const nothing = { label: `$(check) ${vscode.l10n.t("No deleted runs wait to be cleaned up")}` };
  return [
    heading(vscode.l10n.t("Clean up")),
    ...(cleanUps.length === 0 ? [nothing] : cleanUps),
    heading(vscode.l10n.t("By kind")),
    ...use.areas
      .filter(({ bytes }) => bytes > 0)
      .map(({ name, bytes, files }) => ({
        label: `$(folder) ${name}`,
        description: `${size(bytes)} · ${vscode.l10n.t("{0} files", files)}`,
      })),
    heading(vscode.l10n.t("Largest experiments")),
    ...use.experiments.slice(0, MOST).map(({ experimentId, name, runs, bytes, deleted }) => ({
      label: `$(beaker) ${name}`,
      description: `${size(bytes)} · ${countRuns(runs)}`,
      ...(deleted ? {} : { action: () => openExperiment(project, experimentId, name) }),
    })),
    heading(vscode.l10n.t("Largest runs")),
    ...use.runs.slice(0, MOST).map(({ runId, name, bytes, points }) => ({
      label: `$(file-binary) ${name}`,
      description: `${size(bytes)} · ${vscode.l10n.t("{0} points", points)} · ${runId.slice(0, 8)}`,
      action: () => runCommand("cairn.openRun", { project, runId, name }),
    })),
  ];
}

function openExperiment(project: ProjectConnection, experimentId: string, name: string): Thenable<unknown> {
  return runCommand("cairn.openRuns", { kind: "experiment", project, experiment: { experimentId, name } });
}

function countRuns(count: number): string {
  return count === 1 ? vscode.l10n.t("1 run") : vscode.l10n.t("{0} runs", count);
}

function cleanUpLabel({ days, runs }: Due): string {
  if (days === 0) return vscode.l10n.t("Delete for good what is deleted: {0}…", countRuns(runs));
  return vscode.l10n.t(
    "Delete for good what was deleted more than {0} days ago: {1}…",
    days,
    countRuns(runs),
  );
}

/** Asks first, with the bytes; there is no way back. */
async function cleanUp(project: ProjectConnection, { days, runs, bytes }: Due): Promise<void> {
  const yes = vscode.l10n.t("Delete for Good");
  const what = countRuns(runs);
  const question = vscode.l10n.t("Delete {0} and {1} of files for good?", what, formatBytes(bytes));
  const detail = vscode.l10n.t(
    "Also models and experiments that were deleted as long ago. They cannot be restored after that.",
  );
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  const title = vscode.l10n.t("Deleting {0} for good…", what);
  const freed = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    () => project.request("gc", { olderThanMs: days * 24 * 3600_000 }, { timeoutMs: TIMEOUT_MS }),
  );
  const text = vscode.l10n.t(
    "Deleted for good: {0}. {1} freed.",
    countRuns(freed.runs),
    formatBytes(freed.bytes),
  );
  void vscode.window.showInformationMessage(text);
}
