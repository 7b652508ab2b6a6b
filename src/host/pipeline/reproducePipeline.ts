import * as vscode from "vscode";
import { CairnError } from "../../shared/errors.js";
import type { ReproParams, ReproResult } from "../../shared/pipeline/api.js";
import { shownDataJob } from "../data/dataJob.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Host } from "../features.js";
import { pickStages } from "./pickStages.js";

type Wanted = Pick<ReproParams, "targets" | "force" | "single">;

/** Reproduces what is given, or what is picked from the graph, with progress and a button to stop it. */
export async function reproducePipeline(
  host: Host,
  project: ProjectConnection,
  given: Wanted | undefined,
): Promise<ReproResult> {
  const wanted = given?.targets ? given : await chooseStages(host, project);
  await vscode.workspace.saveAll(false);
  const title = vscode.l10n.t("Reproducing pipelines of {0}", project.name);
  const result = await shownDataJob(project, "repro", { ...wanted }, title);
  tell(host, project, result);
  return result;
}

async function chooseStages(host: Host, project: ProjectConnection): Promise<Wanted> {
  const looking = vscode.l10n.t("Looking at the pipelines of {0}", project.name);
  const { stages, problems } = await shownDataJob(project, "stages", {}, looking);
  const [problem] = problems;
  if (problem !== undefined) throw new CairnError("invalid", problem, { hint: problems.slice(1).join("\n") });
  if (stages.length === 0)
    throw new CairnError("notFound", vscode.l10n.t("{0} has no pipelines.", project.name), {
      hint: vscode.l10n.t("Define stages in dvc.yaml or cairn.yaml."),
    });
  return pickStages(stages, (runId, name) => host.panels.openRun({ project, runId, name }));
}

function tell(host: Host, project: ProjectConnection, { stages }: ReproResult): void {
  const failed = stages.find(({ outcome }) => outcome === "failed");
  const ran = stages.filter(({ outcome }) => outcome === "ran" || outcome === "frozen");
  const restored = stages.filter(({ outcome }) => outcome === "restored");
  const shown = failed ?? ran.at(-1);
  const open = vscode.l10n.t("Open Run");
  const actions = shown?.runId === null || shown === undefined ? [] : [open];
  const text = failed
    ? vscode.l10n.t("{0} has failed: {1}", failed.name, failed.reasons[0] ?? "")
    : ran.length + restored.length === 0
      ? vscode.l10n.t("Pipelines are up to date.")
      : vscode.l10n.t("Stages run: {0}; restored: {1}.", ran.length, restored.length);
  const message = failed
    ? vscode.window.showErrorMessage(text, ...actions)
    : vscode.window.showInformationMessage(text, ...actions);
  void message.then(async (chosen) => {
    if (chosen === open && typeof shown?.runId === "string")
      await host.panels.openRun({ project, runId: shown.runId, name: shown.name });
  });
}
