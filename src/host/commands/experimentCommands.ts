import * as vscode from "vscode";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Host } from "../features.js";
import { confirm } from "../runs/runActions.js";
import { isExperimentNode } from "../runs/runRefs.js";
import { DEFAULT_EXPERIMENT } from "../tree/treeItems.js";

interface Chosen {
  project: ProjectConnection;
  experimentId: string;
  name: string;
  runCount: number;
}

/** The commands about experiments. */
export function registerExperimentCommands({ commands, projects }: Host): void {
  const choose = async (node: unknown, title: string, deleted = false): Promise<Chosen> => {
    if (isExperimentNode(node)) return { ...node.experiment, project: node.project };
    const project = await projects.choose(undefined, true);
    const items = listExperiments(project, deleted);
    const picked = await vscode.window.showQuickPick(items, { title });
    if (!picked) throw new vscode.CancellationError();
    return { ...picked.experiment, project };
  };

  commands.register("cairn.newExperiment", async (given) => {
    const project = await projects.choose();
    const name =
      typeof given === "string" ? given : await askName(vscode.l10n.t("Cairn: New Experiment"), "");
    return project.request("experimentCreate", { name });
  });

  commands.register("cairn.renameExperiment", async (node, given) => {
    const title = vscode.l10n.t("Cairn: Rename Experiment");
    const { project, experimentId, name } = await choose(node, title);
    const next = typeof given === "string" ? given : await askName(title, name);
    await project.request("experimentRename", { experimentId, name: next });
  });

  commands.register("cairn.deleteExperiment", async (node) => {
    const chosen = await choose(node, vscode.l10n.t("Cairn: Delete Experiment"));
    const question = vscode.l10n.t('Delete experiment "{0}" with {1} runs?', chosen.name, chosen.runCount);
    if (chosen.runCount > 0 && !(await confirm(question))) return;
    await chosen.project.request("experimentDelete", { experimentId: chosen.experimentId });
  });

  commands.register("cairn.restoreExperiment", async (node) => {
    const { project, experimentId } = await choose(node, vscode.l10n.t("Cairn: Restore Experiment"), true);
    await project.request("experimentRestore", { experimentId });
  });
}

async function listExperiments(project: ProjectConnection, deleted: boolean) {
  const view = deleted ? "DELETED_ONLY" : "ACTIVE_ONLY";
  const { experiments } = await project.request("experiments", { view });
  return experiments
    .filter((experiment) => experiment.experimentId !== DEFAULT_EXPERIMENT)
    .map((experiment) => ({
      label: experiment.name,
      description: vscode.l10n.t("{0} runs", experiment.runCount),
      experiment,
    }));
}

async function askName(title: string, value: string): Promise<string> {
  const name = await vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t("Name of the experiment"),
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Type a name.") : undefined),
  });
  if (name === undefined) throw new vscode.CancellationError();
  return name.trim();
}
