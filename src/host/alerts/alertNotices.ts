import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import type { Alert } from "../../shared/alerts.js";
import { toErrorShape } from "../../shared/errors.js";
import type { EngineNotifications } from "../../shared/protocol.js";
import { runCommand } from "../commands/registrar.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { readSetting } from "../settings.js";
import { canMute, isWanted, noticeText, severityOf } from "./alertText.js";

/** A window that is not looked at lets the one that is show an alert. */
const UNFOCUSED_MS = 700;
/** More than so many that came while no window looked are shown as one. */
const AT_ONCE = 3;

/** Shows alerts of the connected projects, each in one window, and counts those that nobody has seen. */
export class AlertNotices implements vscode.Disposable {
  private readonly listening = new Map<ProjectConnection, vscode.Disposable>();
  private readonly counts = new Map<ProjectConnection, number>();
  private readonly countEmitter = new vscode.EventEmitter<number>();
  private readonly subscription: vscode.Disposable;

  /** How many alerts nobody has seen yet, over all projects. */
  readonly onCount = this.countEmitter.event;

  constructor(private readonly host: Pick<Services, "projects" | "log">) {
    this.subscription = host.projects.onDidChange(() => {
      this.listen();
    });
    this.listen();
  }

  dispose(): void {
    vscode.Disposable.from(this.subscription, this.countEmitter, ...this.listening.values()).dispose();
  }

  private listen(): void {
    const { all } = this.host.projects;
    for (const [project, subscription] of this.listening) {
      if (all.includes(project)) continue;
      subscription.dispose();
      this.listening.delete(project);
      this.setCount(project, 0);
    }
    for (const project of all) {
      if (this.listening.has(project)) continue;
      const subscription = vscode.Disposable.from(
        project.onAlert((news) => {
          this.onNews(project, news);
        }),
        project.onState(({ kind }) => {
          if (kind === "connected") void this.catchUp(project);
        }),
      );
      this.listening.set(project, subscription);
      if (project.state.kind === "connected") void this.catchUp(project);
    }
  }

  private onNews(project: ProjectConnection, { alert, unacknowledged }: EngineNotifications["alert"]): void {
    this.setCount(project, unacknowledged);
    if (alert && !alert.quiet && this.isWanted(project, alert)) void this.show(project, alert);
  }

  private setCount(project: ProjectConnection, count: number): void {
    if (count === 0) this.counts.delete(project);
    else this.counts.set(project, count);
    this.countEmitter.fire([...this.counts.values()].reduce((sum, each) => sum + each, 0));
  }

  /** What came while no window was open. */
  private async catchUp(project: ProjectConnection): Promise<void> {
    const { state } = project;
    const readOnly = state.kind === "connected" && state.readOnly;
    try {
      const query = { acknowledged: false, unclaimed: true, limit: 1000 };
      const { alerts, unacknowledged } = await project.request("alerts", query);
      this.setCount(project, unacknowledged);
      if (readOnly) return;
      const wanted = alerts.filter((alert) => this.isWanted(project, alert)).reverse();
      if (wanted.length > AT_ONCE) await this.showMany(project, wanted);
      else for (const alert of wanted) void this.show(project, alert);
    } catch (error) {
      this.host.log.warn(`Failed to list the alerts of ${project.name}: ${toErrorShape(error).message}`);
    }
  }

  private isWanted(project: ProjectConnection, { kind }: Alert): boolean {
    return isWanted(kind, readSetting("alerts.notifications", project.folder.uri));
  }

  private async show(project: ProjectConnection, alert: Alert): Promise<void> {
    try {
      if (!(await this.claim(project, alert.id))) return;
      const open = vscode.l10n.t("Open Run");
      const mute = vscode.l10n.t("Mute This Run");
      const buttons = canMute(alert.kind) ? [open, mute] : [open];
      const choice = await show[severityOf(alert.kind)](noticeText(alert), ...buttons);
      if (choice === mute) await project.request("alertMute", { runId: alert.runId });
      if (choice === open) await openAlert(project, alert);
    } catch (error) {
      this.host.log.warn(`Failed to show an alert of ${project.name}: ${toErrorShape(error).message}`);
    }
  }

  private async showMany(project: ProjectConnection, alerts: readonly Alert[]): Promise<void> {
    const claims = [];
    for (const { id } of alerts) claims.push(await this.claim(project, id));
    const count = claims.filter(Boolean).length;
    if (count === 0) return;
    const list = vscode.l10n.t("Show Alerts");
    const text = vscode.l10n.t("{0} alerts of runs in {1} while it was not open.", count, project.name);
    if ((await vscode.window.showWarningMessage(text, list)) === list) await runCommand("cairn.showAlerts");
  }

  private async claim(project: ProjectConnection, id: number): Promise<boolean> {
    if (!vscode.window.state.focused) await delay(UNFOCUSED_MS);
    return (await project.request("alertClaim", { id })).claimed;
  }
}

const show = {
  error: (text: string, ...buttons: string[]) => vscode.window.showErrorMessage(text, ...buttons),
  warning: (text: string, ...buttons: string[]) => vscode.window.showWarningMessage(text, ...buttons),
  information: (text: string, ...buttons: string[]) => vscode.window.showInformationMessage(text, ...buttons),
};

/** Opens the run of an alert, which counts as having seen it. */
export async function openAlert(project: ProjectConnection, { id, runId, runName }: Alert): Promise<void> {
  await project.request("alertAcknowledge", { ids: [id] });
  await runCommand("cairn.openRun", { project, runId, name: runName });
}
