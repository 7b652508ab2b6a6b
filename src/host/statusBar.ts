import * as vscode from "vscode";
import type { Host } from "./features.js";
import { statusText } from "./statusText.js";

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
