import * as vscode from "vscode";
import type { Host } from "../features.js";
import { AlertNotices } from "./alertNotices.js";
import { pickAlert } from "./pickAlert.js";

/** Shows alerts of runs, and their number at `view`. */
export function registerAlerts(host: Host, view: { badge?: vscode.ViewBadge | undefined }): void {
  const { context, commands, projects } = host;
  const notices = new AlertNotices(host);
  context.subscriptions.push(
    notices,
    notices.onCount((value) => {
      const tooltip =
        value === 1 ? vscode.l10n.t("1 alert of a run") : vscode.l10n.t("{0} alerts of runs", value);
      view.badge = value === 0 ? undefined : { value, tooltip };
    }),
  );
  commands.register("cairn.showAlerts", () => pickAlert(projects));
}
