import * as vscode from "vscode";
import type { ReproParams, ReproResult } from "../../shared/pipeline/api.js";
import { CairnError } from "../../shared/errors.js";
import { runCommand } from "../commands/registrar.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { DataServices } from "./chooseData.js";
import { shownDataJob } from "./dataJob.js";
import type { StageNode } from "./dataNodes.js";
import { pickStages } from "./pickStages.js";

type Wanted = Pick<ReproParams, "targets" | "force" | "single">;

/** Brings stages up to date: that of a row, those that are given by name, else what is picked. */
export async function reproduce(host: DataServices, given: unknown): Promise<ReproResult> {
  const node = isStageNode(given) ? given : undefined;
  const project = node?.project ?? (await host.projects.choose());
  const wanted = node ? { targets: [node.stage.name] } : await wantedOf(project, given);
  await vscode.workspace.saveAll(false);
  const what = wanted.targets?.join(", ") ?? "";
  const title = vscode.l10n.t("Reproducing {0}", what || vscode.l10n.t("all stages"));
  const result = await shownDataJob(project, "repro", { ...wanted }, title);
  tell(project, result);
  return result;
}

function isStageNode(value: unknown): value is StageNode {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "stage";
}

async function wantedOf(project: ProjectConnection, given: unknown): Promise<Wanted> {
  if (Array.isArray(given) && given.every((each) => typeof each === "string")) return { targets: given };
  const looking = vscode.l10n.t("Looking at the pipelines of {0}", project.name);
  const { stages, problems } = await shownDataJob(project, "stages", {}, looking);
  const [problem] = problems;
  if (problem !== undefined) throw new CairnError("invalid", problem, { hint: problems.slice(1).join("\n") });
  if (stages.length === 0)
    throw new CairnError("notFound", vscode.l10n.t("{0} has no pipelines.", project.name), {
      hint: vscode.l10n.t("Define stages in dvc.yaml or cairn.yaml."),
    });
  return pickStages(stages, (runId) => {
    void runCommand("cairn.openRun", { project, runId });
  });
}

function tell(project: ProjectConnection, { stages }: ReproResult): void {
  const failed = stages.find(({ outcome }) => outcome === "failed");
  const ran = stages.filter(({ outcome }) => outcome === "ran" || outcome === "frozen");
  const restored = stages.filter(({ outcome }) => outcome === "restored");
  if (!failed) {
    const text =
      ran.length + restored.length === 0
        ? vscode.l10n.t("Everything is up to date.")
        : vscode.l10n.t("Stages run: {0}; restored: {1}.", ran.length, restored.length);
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
