import * as vscode from "vscode";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { isActive } from "../tree/arrangeRuns.js";
import { loadRuns } from "../tree/loadRuns.js";
import type { ExperimentNode, RunNode } from "../tree/nodes.js";
import { runPickItems } from "./pickItems.js";

/** A run of a project, as commands pass it on. */
export interface RunRef {
  project: ProjectConnection;
  runId: string;
  /** Of its panel until the run is loaded. */
  name?: string;
  /** Leaves the keyboard where it is, as a click in a tree does. */
  preserveFocus?: boolean;
}

/** Which runs the person is offered when a command comes without one. */
export interface RunChoice {
  title: string;
  which: "all" | "active" | "ended" | "deleted";
  many?: boolean;
}

const OFFERED = 200;

/**
 * The runs a command is about: those selected in the tree, the one a panel or another command names, or those picked.
 * Throws CancellationError when nothing is picked.
 */
export async function chooseRuns(services: Services, args: unknown[], choice: RunChoice): Promise<RunRef[]> {
  const [first, selection] = args;
  const selected = Array.isArray(selection) ? selection.filter(isRunNode) : [];
  if (isRunNode(first)) return (selected.includes(first) ? selected : [first]).map(refOfNode);
  if (isRunRef(first)) return [first];
  if (Array.isArray(first) && first.length > 0 && first.every(isRunRef)) return first;
  return pickRuns(services, choice);
}

export function byProject(runs: readonly RunRef[]): Map<RunRef["project"], string[]> {
  const result = new Map<RunRef["project"], string[]>();
  for (const { project, runId } of runs) result.set(project, [...(result.get(project) ?? []), runId]);
  return result;
}

export function isExperimentNode(value: unknown): value is ExperimentNode {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "experiment";
}

export function isRunNode(value: unknown): value is RunNode {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "run";
}

function isRunRef(value: unknown): value is RunRef {
  return typeof value === "object" && value !== null && "project" in value && "runId" in value;
}

function refOfNode({ project, run }: RunNode): RunRef {
  return { project, runId: run.row.runId, name: run.row.name };
}

async function pickRuns(services: Services, { title, which, many = false }: RunChoice): Promise<RunRef[]> {
  if (which === "active") {
    const active = services.activeRuns.all.filter((run) => run.row.launched);
    const [only, ...others] = active;
    if (only && others.length === 0) return [{ project: only.project, runId: only.row.runId }];
  }
  const project = await services.projects.choose(undefined, true);
  const items = listRuns(project, which).then((runs) => runPickItems(runs, vscode.l10n.t));
  const options = { title, matchOnDescription: true, placeHolder: vscode.l10n.t("Name of a run") };
  const picked = many
    ? await vscode.window.showQuickPick(items, { ...options, canPickMany: true })
    : await vscode.window.showQuickPick(items, options);
  const chosen = picked === undefined ? [] : Array.isArray(picked) ? picked : [picked];
  if (chosen.length === 0) throw new vscode.CancellationError();
  return chosen.map(({ runId }) => ({ project, runId }));
}

async function listRuns(project: ProjectConnection, which: RunChoice["which"]) {
  const { experiments } = await project.request("experiments", { view: "ACTIVE_ONLY" });
  const ids = experiments.map((experiment) => experiment.experimentId);
  const view = which === "deleted" ? "DELETED_ONLY" : "ACTIVE_ONLY";
  const { runs } = await loadRuns(project, ids, view, OFFERED);
  if (which === "active") return runs.filter(({ row }) => isActive(row) && row.launched);
  return which === "ended" ? runs.filter(({ row }) => !isActive(row)) : runs;
}
