import * as vscode from "vscode";
import type { Host } from "../features.js";
import { deleteRuns, stopRun } from "../runs/runActions.js";
import { byProject, chooseRuns, isExperimentNode, isRunNode } from "../runs/runRefs.js";

/** The commands about runs that are there. */
export function registerRunCommands(host: Host): void {
  const { commands, panels, projects } = host;

  commands.register("cairn.openRuns", async (node, selection) => {
    if (isExperimentNode(node)) {
      const { experimentId, name } = node.experiment;
      await panels.openRuns(node.project, { experimentIds: [experimentId], title: name });
    } else if (isRunNode(node)) {
      const nodes = Array.isArray(selection) ? selection.filter(isRunNode) : [node];
      await panels.openRuns(node.project, {
        experimentIds: [...new Set(nodes.map(({ run }) => run.row.experimentId))],
        selected: nodes.map(({ run }) => run.row.runId),
      });
    } else await panels.openRuns(await projects.choose(undefined, true));
  });

  commands.register("cairn.openRun", async (...args) => {
    const title = vscode.l10n.t("Cairn: Open Run");
    for (const run of await chooseRuns(host, args, { title, which: "all" })) await panels.openRun(run);
  });

  commands.register("cairn.openConsole", async (...args) => {
    const title = vscode.l10n.t("Cairn: Open Console");
    for (const run of await chooseRuns(host, args, { title, which: "all" })) {
      await panels.openRun({ ...run, tab: "console" });
    }
  });

  commands.register("cairn.stopRun", async (...args) => {
    const title = vscode.l10n.t("Cairn: Stop Run");
    const runs = await chooseRuns(host, args, { title, which: "active" });
    await Promise.all(runs.map(({ project, runId }) => stopRun(project, runId)));
  });

  commands.register("cairn.deleteRuns", async (...args) => {
    const title = vscode.l10n.t("Cairn: Delete Runs");
    const runs = await chooseRuns(host, args, { title, which: "ended", many: true });
    for (const [project, runIds] of byProject(runs)) await deleteRuns(project, runIds);
  });

  commands.register("cairn.restoreRuns", async (...args) => {
    const title = vscode.l10n.t("Cairn: Restore Runs");
    const runs = await chooseRuns(host, args, { title, which: "deleted", many: true });
    for (const [project, runIds] of byProject(runs)) await project.request("runRestore", { runIds });
  });

  commands.register("cairn.copyRunId", async (...args) => {
    const title = vscode.l10n.t("Cairn: Copy Run ID");
    const runs = await chooseRuns(host, args, { title, which: "all" });
    await vscode.env.clipboard.writeText(runs.map((run) => run.runId).join("\n"));
  });
}
