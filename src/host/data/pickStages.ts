import * as vscode from "vscode";
import type { ReproParams, StageInfo } from "../../shared/pipeline/api.js";
import { STAGE_ICONS, stageWord } from "./stages.js";

interface StageItem extends vscode.QuickPickItem {
  stage?: StageInfo;
}

/**
 * Shows the stages in the order in which they run, each with how it stands and why. Returns what is to be reproduced:
 * all, or one stage with those that it depends on, or that stage whatever has changed. Throws when nothing is chosen.
 */
export function pickStages(
  stages: readonly StageInfo[],
  openRun: (runId: string) => void,
): Promise<Pick<ReproParams, "targets" | "force" | "single">> {
  const show: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("go-to-file"),
    tooltip: vscode.l10n.t("Open Newest Run"),
  };
  const force: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon("debug-rerun"),
    tooltip: vscode.l10n.t("Run This Stage Though It Has Not Changed"),
  };
  const stale = stages.filter(({ state }) => state !== "unchanged").length;
  const all: StageItem = {
    label: `$(run-all) ${vscode.l10n.t("All stages")}`,
    description: vscode.l10n.t("{0} of {1} are not up to date", stale, stages.length),
  };
  const picker = vscode.window.createQuickPick<StageItem>();
  picker.title = vscode.l10n.t("Cairn: Reproduce Pipeline");
  picker.placeholder = vscode.l10n.t("A stage is reproduced with those that it depends on");
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.items = [
    all,
    ...stages.map((stage) => ({
      label: `$(${STAGE_ICONS[stage.state][0]}) ${stage.name}`,
      description: [stageWord(stage.state, vscode.l10n.t), ...after(stage)].join(" · "),
      ...(stage.reasons.length === 0 ? {} : { detail: stage.reasons.join("; ") }),
      buttons: stage.run === null ? [force] : [show, force],
      stage,
    })),
  ];
  return new Promise((resolve, reject) => {
    picker.onDidAccept(() => {
      const [item] = picker.activeItems;
      if (item) resolve(item.stage ? { targets: [item.stage.name] } : { targets: [] });
      picker.hide();
    });
    picker.onDidTriggerItemButton(({ item: { stage }, button }) => {
      if (!stage) return;
      if (button === force) resolve({ targets: [stage.name], force: true, single: true });
      else if (stage.run) openRun(stage.run.runId);
      picker.hide();
    });
    picker.onDidHide(() => {
      picker.dispose();
      reject(new vscode.CancellationError());
    });
    picker.show();
  });
}

const after = ({ upstream }: StageInfo): string[] =>
  upstream.length === 0 ? [] : [vscode.l10n.t("after {0}", upstream.join(", "))];
