import * as vscode from "vscode";
import type { Alert } from "../../shared/alerts.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Projects } from "../engine/projects.js";
import { formatDuration } from "../../shared/duration.js";
import { openAlert } from "./alertNotices.js";
import { iconOf } from "./alertText.js";

interface AlertItem extends vscode.QuickPickItem {
  alert?: Alert;
  project?: ProjectConnection;
}

const LIMIT = 200;

/** Lists the alerts of all projects, those that nobody has seen first; the chosen one's run is opened. */
export async function pickAlert(projects: Projects): Promise<void> {
  const pick = vscode.window.createQuickPick<AlertItem>();
  const all: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("check-all"),
    tooltip: vscode.l10n.t("Mark All as Seen"),
  };
  const seen: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("check"),
    tooltip: vscode.l10n.t("Mark as Seen"),
  };
  const load = async () => {
    pick.items = await listAlerts(projects.recorded, seen);
  };
  pick.title = vscode.l10n.t("Cairn: Alerts of Runs");
  pick.placeholder = vscode.l10n.t("Choose one to open its run");
  pick.matchOnDescription = pick.matchOnDetail = true;
  pick.buttons = [all];
  pick.busy = true;
  pick.show();
  try {
    await new Promise<void>((resolve, reject) => {
      const guard = (work: Promise<unknown>) => {
        work.catch(reject);
      };
      const acknowledge = async (project: ProjectConnection, ids?: number[]) => {
        await project.request("alertAcknowledge", ids ? { ids } : {});
        await load();
      };
      guard(load().then(() => (pick.busy = false)));
      pick.onDidTriggerButton(() => {
        guard(Promise.all(projects.recorded.map((project) => acknowledge(project))));
      });
      pick.onDidTriggerItemButton(({ item: { alert, project } }) => {
        if (alert && project) guard(acknowledge(project, [alert.id]));
      });
      pick.onDidHide(() => {
        resolve();
      });
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen?.alert && chosen.project) guard(openAlert(chosen.project, chosen.alert));
        pick.hide();
      });
    });
  } finally {
    pick.dispose();
  }
}

async function listAlerts(
  projects: readonly ProjectConnection[],
  seen: vscode.QuickInputButton,
): Promise<AlertItem[]> {
  const fresh: AlertItem[] = [];
  const old: AlertItem[] = [];
  for (const project of projects) {
    const { alerts } = await project.request("alerts", { limit: LIMIT });
    for (const alert of alerts) {
      const { kind, runName, message, time, acknowledged } = alert;
      const ago = vscode.l10n.t("{0} ago", formatDuration(Date.now() - time));
      const item: AlertItem = {
        label: `$(${iconOf(kind)}) ${runName}`,
        description: projects.length > 1 ? `${ago} · ${project.name}` : ago,
        detail: message,
        alert,
        project,
        buttons: acknowledged ? [] : [seen],
      };
      (acknowledged ? old : fresh).push(item);
    }
  }
  const heading = (label: string): AlertItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  if (fresh.length + old.length === 0) return [{ label: vscode.l10n.t("There are no alerts.") }];
  return [
    ...(fresh.length === 0 ? [] : [heading(vscode.l10n.t("Not seen yet")), ...fresh]),
    ...(old.length === 0 ? [] : [heading(vscode.l10n.t("Seen")), ...old]),
  ];
}
