import * as vscode from "vscode";
import type { Host } from "./features.js";
import { readOnlyOwners, statusText } from "./statusText.js";

/** The status bar item of the live run; hidden when nothing runs. */
export function registerStatusBar({ context, activeRuns }: Host): void {
  const item = vscode.window.createStatusBarItem("cairn.liveRun", vscode.StatusBarAlignment.Left, 20);
  item.name = vscode.l10n.t("Cairn: Live Run");
  let clock: NodeJS.Timeout | undefined;

  const draw = () => {
    const runs = activeRuns.all;
    if (runs.length === 0) {
      clearInterval(clock);
      clock = undefined;
      item.hide();
      return;
    }
    clock ??= setInterval(draw, 1000);
    const live = runs.map(({ row, metrics }) => ({ name: row.name, startTime: row.startTime, metrics }));
    item.text = statusText(live, Date.now());
    const names = runs.map(({ row }) => row.name).join(", ");
    item.tooltip = vscode.l10n.t("Cairn is tracking: {0}. Click to open.", names);
    item.accessibilityInformation = { label: vscode.l10n.t("Cairn run in progress: {0}", names) };
    item.command = openCommand(runs);
    item.show();
  };

  context.subscriptions.push(item, activeRuns.onDidChange(draw), { dispose: () => clearInterval(clock) });
  draw();
}

/** Says of which projects nothing can be changed here, and whose they are. */
export function registerReadOnly({ context, projects }: Host): void {
  const item = vscode.window.createStatusBarItem("cairn.readOnly", vscode.StatusBarAlignment.Left, 18);
  item.name = vscode.l10n.t("Cairn: Read-Only Project");
  item.command = { command: "cairn.showHealth", title: vscode.l10n.t("Show Health") };
  const draw = () => {
    const owners = readOnlyOwners(projects.all.map(({ state }) => state));
    if (owners === undefined) {
      item.hide();
      return;
    }
    const text =
      owners === ""
        ? vscode.l10n.t("Cairn: read-only")
        : vscode.l10n.t("Cairn: read-only, owned by {0}", owners);
    item.text = `$(lock) ${text.replaceAll("$(", "$ (")}`;
    item.tooltip = vscode.l10n.t("Runs are shown and followed, but nothing can be started or changed here.");
    item.accessibilityInformation = { label: text, role: "button" };
    item.show();
  };
  context.subscriptions.push(item, projects.onDidChange(draw));
  draw();
}

function openCommand(runs: Host["activeRuns"]["all"]): vscode.Command {
  const title = vscode.l10n.t("Open Run");
  const [only, ...others] = runs;
  if (only === undefined || others.length > 0) return { command: "cairn.openRuns", title };
  return {
    command: "cairn.openRun",
    title,
    arguments: [{ project: only.project, runId: only.row.runId, name: only.row.name }],
  };
}
