import * as vscode from "vscode";
import type { StageInfo, StageState } from "../../shared/pipeline/api.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { escapeMarkdown, type Translate } from "../tree/describeRun.js";
import { dataJob } from "./dataJob.js";
import type { StageNode } from "./dataNodes.js";
import { uriOfData } from "./dataPlace.js";

/** Whether files of the project define stages; reads no more than cairn.yaml. */
export async function hasStages(project: ProjectConnection): Promise<boolean> {
  const pattern = new vscode.RelativePattern(project.folder, "**/dvc.yaml");
  if (
    (await vscode.workspace.findFiles(pattern, "**/{.git,.cairn,node_modules,.venv,venv}/**", 1)).length > 0
  )
    return true;
  try {
    const own = vscode.Uri.joinPath(project.folder.uri, "cairn.yaml");
    return /^stages\s*:/m.test(Buffer.from(await vscode.workspace.fs.readFile(own)).toString("utf8"));
  } catch {
    return false;
  }
}

export async function stagesOf(project: ProjectConnection): Promise<StageInfo[]> {
  return (await dataJob(project, "stages", {})).stages;
}

export function stageWord(state: StageState, t: Translate): string {
  switch (state) {
    case "unchanged":
      return t("up to date");
    case "restorable":
      return t("outputs can be restored");
    case "changed":
      return t("has to run");
    case "waiting":
      return t("waits for another stage");
    case "broken":
      return t("broken");
  }
}

/** Shapes differ, so that colour is never the only sign. */
export const STAGE_ICONS: Record<StageState, [icon: string, color: string]> = {
  unchanged: ["pass", "testing.iconPassed"],
  restorable: ["cloud-download", "charts.blue"],
  changed: ["circle-large-filled", "gitDecoration.modifiedResourceForeground"],
  waiting: ["watch", "descriptionForeground"],
  broken: ["error", "testing.iconFailed"],
};

/** A stage with how it stands and why. */
export function stageItem({ project, stage }: StageNode): vscode.TreeItem {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(stage.name);
  const [icon, color] = STAGE_ICONS[stage.state];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.description = [stageWord(stage.state, t), ...stage.reasons.slice(0, 1)].join(" · ");
  item.tooltip = new vscode.MarkdownString(stageTooltip(stage, t));
  item.accessibilityInformation = { label: `${stage.name}, ${item.description}` };
  item.contextValue = `stage ${stage.state}`;
  const title = vscode.l10n.t("Open Definition");
  const uri = uriOfData(project, stage.file);
  item.command = { command: "vscode.open", title, arguments: [uri] };
  return item;
}

function stageTooltip(stage: StageInfo, t: Translate): string {
  const list = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${title}: ${names.map(escapeMarkdown).join(", ")}`];
  return [
    `**${escapeMarkdown(stage.name)}** — ${stageWord(stage.state, t)}`,
    ...(stage.description === null ? [] : [escapeMarkdown(stage.description)]),
    ...stage.reasons.map((reason) => `- ${escapeMarkdown(reason)}`),
    ...list(t("Command"), stage.commands),
    ...list(
      t("Reads"),
      stage.deps.map(({ path }) => path),
    ),
    ...list(
      t("Makes"),
      stage.outs.map(({ path }) => path),
    ),
  ].join("\n\n");
}
