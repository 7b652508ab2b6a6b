import * as vscode from "vscode";
import { readEnvironment } from "../../engine/client/captured.js";
import type { RunPanelApi } from "../../shared/run/api.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { loadRuns } from "../tree/loadRuns.js";
import { runPickItems } from "./pickItems.js";

const OFFERED = 200;

/** Lets the user pick a run to compare the environment with. */
export async function pickOtherEnvironment(
  project: ProjectConnection,
  runId: string,
): Promise<RunPanelApi["requests"]["otherEnvironment"]["result"]["other"]> {
  const picked = await vscode.window.showQuickPick(offered(project, runId), {
    title: vscode.l10n.t("Cairn: Compare Environment With"),
    placeHolder: vscode.l10n.t("Name of a run"),
    matchOnDescription: true,
  });
  if (!picked) return null;
  return { name: picked.label, environment: await readEnvironment(project, picked.runId) };
}

async function offered(project: ProjectConnection, runId: string) {
  const { experiments } = await project.request("experiments", { view: "ACTIVE_ONLY" });
  const ids = experiments.map(({ experimentId }) => experimentId);
  const { runs } = await loadRuns(project, ids, "ACTIVE_ONLY", OFFERED);
  return runPickItems(
    runs.filter(({ row }) => row.runId !== runId),
    vscode.l10n.t,
  );
}
