import * as vscode from "vscode";
import { CairnError } from "../../shared/errors.js";
import type { LaunchSpec } from "../../shared/protocol.js";
import { TAG } from "../../shared/tracking.js";
import type { Host } from "../features.js";
import { editTags } from "../runs/editTags.js";
import { requireTrust } from "../runs/requireTrust.js";
import { byProject, chooseRuns, type RunRef } from "../runs/runRefs.js";
import { askCommand, editParams, startRun } from "./recordingCommands.js";

/** The commands that change what is known of runs, and that start them once more. */
export function registerRunChanges(host: Host): void {
  const { commands, panels } = host;

  commands.register("cairn.renameRun", async (node, given) => {
    const title = vscode.l10n.t("Cairn: Rename Run");
    const { project, runId } = await one(host, [node], title);
    const { row } = await project.request("run", { runId });
    const name = typeof given === "string" ? given : await askName(title, row.name);
    const set = [{ key: TAG.runName, value: name }];
    await project.request("runTags", { runIds: [runId], set, remove: [] });
  });

  const star = async (args: unknown[], starred: boolean, title: string): Promise<void> => {
    const runs = await chooseRuns(host, args, { title, which: "all", many: true });
    for (const [project, runIds] of byProject(runs)) {
      const set = starred ? [{ key: TAG.star, value: "true" }] : [];
      await project.request("runTags", { runIds, set, remove: starred ? [] : [TAG.star] });
    }
  };
  commands.register("cairn.starRuns", (...args) => star(args, true, vscode.l10n.t("Cairn: Star Runs")));
  commands.register("cairn.unstarRuns", (...args) => star(args, false, vscode.l10n.t("Cairn: Unstar Runs")));

  commands.register("cairn.editTags", async (...args) => {
    const title = vscode.l10n.t("Cairn: Edit Tags");
    const runs = await chooseRuns(host, args, { title, which: "all", many: true });
    for (const [project, runIds] of byProject(runs)) await editTags(project, runIds);
  });

  commands.register("cairn.editNote", async (...args) => {
    const { project, runId } = await one(host, args, vscode.l10n.t("Cairn: Edit Note"));
    const { row } = await project.request("run", { runId });
    await panels.openRuns(project, {
      experimentIds: [row.experimentId],
      title: await experimentName({ project, runId }, row.experimentId),
      selected: [runId],
      note: runId,
    });
  });

  const again = async (args: unknown[], changes: boolean, title: string): Promise<unknown> => {
    await requireTrust();
    const run = await one(host, args, title);
    return startRun(host, run.project, await specOf(host, run, changes));
  };
  commands.register("cairn.runAgain", (...args) => again(args, false, vscode.l10n.t("Cairn: Run Again")));
  commands.register("cairn.runAgainWithChanges", (...args) =>
    again(args, true, vscode.l10n.t("Cairn: Run Again with Changes")),
  );
}

async function one(host: Host, args: unknown[], title: string): Promise<RunRef> {
  const [run] = await chooseRuns(host, args, { title, which: "all" });
  if (!run) throw new vscode.CancellationError();
  return run;
}

async function specOf(host: Host, ref: RunRef, changes: boolean): Promise<LaunchSpec> {
  const { run } = await ref.project.request("run", { runId: ref.runId });
  const { entries } = await ref.project.request("entries", {});
  const { againSpec } = await import("../runs/againSpec.js");
  const known = againSpec(run, entries, !changes);
  const experiment = await experimentName(ref, run.info.experimentId);
  if ("entry" in known) {
    const { entry, params, where } = known;
    const wanted = changes ? await editParams(entry, params) : params;
    return { ...where, entry: entry.name, params: wanted, experiment };
  }
  const { command, line, params, where } = known;
  return {
    ...where,
    command: changes ? await askCommand(host, line, where.cwd) : command,
    params,
    experiment,
  };
}

async function experimentName({ project }: RunRef, experimentId: string): Promise<string> {
  const { experiments } = await project.request("experiments", { view: "ALL" });
  const found = experiments.find((experiment) => experiment.experimentId === experimentId);
  if (!found) throw new CairnError("notFound", vscode.l10n.t("There is no experiment {0}.", experimentId));
  return found.name;
}

async function askName(title: string, value: string): Promise<string> {
  const name = await vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t("Name of the run"),
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Type a name.") : undefined),
  });
  if (name === undefined) throw new vscode.CancellationError();
  return name.trim();
}
