import * as vscode from "vscode";
import { toError } from "../../shared/errors.js";
import { setContextKey } from "../contextKeys.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { arrangeRuns } from "./arrangeRuns.js";
import { loadRuns } from "./loadRuns.js";
import type { DeletedNode, ExperimentItem, ExperimentNode, MoreNode, RunNode, TreeNode } from "./nodes.js";
import { reuseRuns } from "./reuseRuns.js";
import { DEFAULT_EXPERIMENT, PAGE, treeItemOf } from "./treeItems.js";
import type { TreeRun } from "./treeRun.js";

/** Experiments, their runs and what was deleted, of every project of the window that has a database. */
export class ExperimentsProvider implements vscode.TreeDataProvider<TreeNode> {
  private readonly emitter = new vscode.EventEmitter<TreeNode[] | undefined>();
  private readonly experiments = new Map<string, ExperimentNode>();
  private readonly counts = new Map<ProjectConnection, number>();

  readonly onDidChangeTreeData = this.emitter.event;

  constructor(
    private readonly services: Services,
    private showDeleted: boolean,
  ) {}

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItemOf(node);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      return await this.childrenOf(node);
    } catch (error) {
      // The reason stands in the welcome text and on the health page; a list that fails must not fail its neighbours.
      this.services.log.warn(`Failed to list ${node?.id ?? "experiments"}: ${toError(error).message}`);
      return [];
    }
  }

  setShowDeleted(show: boolean): void {
    this.showDeleted = show;
    this.refresh();
  }

  /** Draws everything again. */
  refresh(): void {
    for (const node of this.experiments.values()) node.children = undefined;
    this.emitter.fire(undefined);
  }

  showMore({ parent }: MoreNode): void {
    parent.limit += PAGE;
    if (parent.kind === "experiment") parent.children = undefined;
    this.emitter.fire([parent]);
  }

  /** Runs of these experiments changed, or the list of experiments did: draws again what looks different. */
  async update(project: ProjectConnection, experimentIds: ReadonlySet<string>): Promise<void> {
    const before = [...this.experiments.values()].filter((node) => node.project === project);
    const looked = new Map(before.map((node) => [node, JSON.stringify(node.experiment)]));
    const after = await this.loadExperiments(project);
    const same = after.length === before.length && after.every((node) => looked.has(node));
    if (!same || this.showDeleted) {
      for (const node of after)
        if (experimentIds.has(node.experiment.experimentId)) node.children = undefined;
      this.emitter.fire(undefined);
      return;
    }
    const changed: TreeNode[] = [];
    for (const node of after) {
      if (node.children && experimentIds.has(node.experiment.experimentId)) {
        const { moved, rows } = await this.reload(node);
        changed.push(...(moved ? [node] : rows));
      }
      if (looked.get(node) !== JSON.stringify(node.experiment)) changed.push(node);
    }
    if (changed.length > 0) this.emitter.fire([...new Set(changed)]);
  }

  /** Takes the live values of these runs and draws their rows again. */
  updateValues(runIds: readonly string[]): void {
    const wanted = new Set(runIds);
    const changed: RunNode[] = [];
    const visit = (nodes: readonly (RunNode | MoreNode)[]) => {
      for (const node of nodes) {
        if (node.kind !== "run") continue;
        if (wanted.has(node.run.row.runId)) changed.push(node);
        visit(node.children);
      }
    };
    for (const node of this.experiments.values()) visit(node.children ?? []);
    for (const node of changed) {
      const live = this.services.activeRuns.find(node.run.row.runId);
      if (live) node.run = { ...node.run, metrics: live.metrics };
    }
    if (changed.length > 0) this.emitter.fire(changed);
  }

  private async childrenOf(node: TreeNode | undefined): Promise<TreeNode[]> {
    if (node === undefined) return this.roots();
    switch (node.kind) {
      case "project":
        return this.inProject(node.project);
      case "experiment":
        if (!node.children) await this.reload(node);
        return node.children ?? [];
      case "run":
        return node.children;
      case "deleted":
        return this.inDeleted(node);
      case "more":
        return [];
    }
  }

  private async roots(): Promise<TreeNode[]> {
    const projects = this.services.projects.recorded;
    const [only, ...others] = projects;
    if (only === undefined) return [];
    if (others.length === 0) return this.inProject(only);
    return projects.map((project) => ({ kind: "project", id: `project ${project.key}`, project }));
  }

  private async inProject(project: ProjectConnection): Promise<TreeNode[]> {
    // Asking again by itself would start an engine that fails again, for ever; Try Again asks.
    if (project.state.kind === "failed") return [];
    const experiments: TreeNode[] = await this.loadExperiments(project);
    if (!this.showDeleted) return experiments;
    return [...experiments, { kind: "deleted", id: `deleted ${project.key}`, project, limit: PAGE }];
  }

  private async loadExperiments(project: ProjectConnection): Promise<ExperimentNode[]> {
    const { experiments } = await project.request("experiments", { view: "ACTIVE_ONLY" });
    this.counts.set(
      project,
      experiments.reduce((sum, each) => sum + each.runCount, 0),
    );
    setContextKey(
      "cairn.hasRuns",
      [...this.counts.values()].some((count) => count > 0),
    );
    const shown = experiments
      .filter((each) => each.runCount > 0 || each.experimentId !== DEFAULT_EXPERIMENT)
      .sort((a, b) => b.activeRuns - a.activeRuns || b.lastUpdateTime - a.lastUpdateTime);
    const nodes = shown.map((experiment, place) => this.experimentNode(project, experiment, place === 0));
    const kept = new Set(nodes.map((node) => node.id));
    for (const node of this.experiments.values()) {
      if (node.project === project && !kept.has(node.id)) this.experiments.delete(node.id);
    }
    return nodes;
  }

  private experimentNode(
    project: ProjectConnection,
    experiment: ExperimentItem,
    first: boolean,
  ): ExperimentNode {
    const id = `experiment ${project.key} ${experiment.experimentId}`;
    const known = this.experiments.get(id);
    if (known) {
      known.experiment = experiment;
      return known;
    }
    const node: ExperimentNode = {
      ...{ kind: "experiment", id, project, experiment },
      ...{ first, limit: PAGE, children: undefined },
    };
    this.experiments.set(id, node);
    return node;
  }

  private async reload(node: ExperimentNode): Promise<{ moved: boolean; rows: RunNode[] }> {
    const ids = [node.experiment.experimentId];
    const { runs, more } = await loadRuns(node.project, ids, "ACTIVE_ONLY", node.limit);
    const before = (node.children ?? []).filter((child) => child.kind === "run");
    const hadMore = node.children?.some((child) => child.kind === "more") ?? false;
    const fresh = reuseRuns(before, arrangeRuns(runs), (run) => runNode(node.project, run));
    const end: MoreNode[] = more ? [{ kind: "more", id: `more ${node.id}`, parent: node }] : [];
    node.children = [...fresh.nodes, ...end];
    return { moved: fresh.moved || hadMore !== more, rows: fresh.changed };
  }

  private async inDeleted(node: DeletedNode): Promise<TreeNode[]> {
    const { project, limit } = node;
    const { experiments } = await project.request("experiments", { view: "ALL" });
    const gone = experiments.filter((each) => each.lifecycleStage === "deleted");
    const live = experiments
      .filter((each) => each.lifecycleStage === "active")
      .map((each) => each.experimentId);
    const { runs, more } = await loadRuns(project, live, "DELETED_ONLY", limit);
    const experimentNodes = gone.map((experiment): ExperimentNode => ({
      ...{ kind: "experiment", id: `deleted experiment ${project.key} ${experiment.experimentId}` },
      ...{ project, experiment, first: false, limit: 0, children: [] },
    }));
    const end: MoreNode[] = more ? [{ kind: "more", id: `more ${node.id}`, parent: node }] : [];
    return [...experimentNodes, ...runs.map((run) => runNode(project, run)), ...end];
  }
}

function runNode(project: ProjectConnection, run: TreeRun): RunNode {
  return { kind: "run", id: `run ${run.row.runId}`, project, run, children: [] };
}
