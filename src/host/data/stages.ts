import * as vscode from "vscode";
import type { ReproResult, StageInfo, StageState } from "../../shared/pipeline/api.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { runCommand } from "../commands/registrar.js";
import { escapeMarkdown, type Translate } from "../tree/describeRun.js";
import type { DataServices } from "./chooseData.js";
import { dataJob, shownDataJob } from "./dataJob.js";
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
const ICONS: Record<StageState, [icon: string, color: string]> = {
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
  const [icon, color] = ICONS[stage.state];
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

/** Brings stages up to date: that of the row, else those picked. */
export async function reproduce(host: DataServices, given: unknown): Promise<ReproResult> {
  const node = isStageNode(given) ? given : undefined;
  const project = node?.project ?? (await host.projects.choose());
  const targets = node ? [node.stage.name] : await pickTargets(project, given);
  const title = vscode.l10n.t("Reproducing {0}", targets.join(", ") || vscode.l10n.t("all stages"));
  const result = await shownDataJob(project, "repro", { targets }, title);
  tell(project, result);
  return result;
}

function isStageNode(value: unknown): value is StageNode {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "stage";
}

async function pickTargets(project: ProjectConnection, given: unknown): Promise<string[]> {
  if (Array.isArray(given) && given.every((each) => typeof each === "string")) return given;
  const stages = await stagesOf(project);
  const { t } = vscode.l10n;
  const items = [
    {
      label: `$(run-all) ${vscode.l10n.t("All stages")}`,
      description: String(stages.length),
      targets: [] as string[],
    },
    ...stages.map(({ name, state, reasons }) => ({
      label: `$(${ICONS[state][0]}) ${name}`,
      description: [stageWord(state, t), ...reasons.slice(0, 1)].join(" · "),
      targets: [name],
    })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Cairn: Reproduce Pipeline"),
    placeHolder: vscode.l10n.t("A stage is brought up to date with all that it depends on"),
    matchOnDescription: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.targets;
}

function tell(project: ProjectConnection, { stages }: ReproResult): void {
  const count = (outcome: ReproResult["stages"][number]["outcome"]) =>
    stages.filter((stage) => stage.outcome === outcome).length;
  const failed = stages.find(({ outcome }) => outcome === "failed");
  if (!failed) {
    const text = vscode.l10n.t(
      "{0} stages ran, {1} were up to date.",
      count("ran"),
      stages.length - count("ran"),
    );
    vscode.window.setStatusBarMessage(`$(check) ${text}`, 10_000);
    return;
  }
  const open = vscode.l10n.t("Open Run");
  const text = vscode.l10n.t("The stage {0} failed. {1}", failed.name, failed.reasons.join(" "));
  const { runId } = failed;
  // Not waited for: the command has ended.
  void vscode.window.showErrorMessage(text, ...(runId === null ? [] : [open])).then((chosen) => {
    if (chosen === open && runId !== null) void runCommand("cairn.openRun", { project, runId });
  });
}
