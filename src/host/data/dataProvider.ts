import * as vscode from "vscode";
import { toError } from "../../shared/errors.js";
import type { DataVersion } from "../../shared/data/api.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import type { RunNode } from "../tree/nodes.js";
import { treeRuns } from "../tree/treeRun.js";
import { dataItemOf, PAGE, RUNS_LISTED } from "./dataItems.js";
import type { AllRunsNode, DataItem, DataNode, DataSetNode, MoreDataNode, VersionNode } from "./dataNodes.js";
import { hasStages, stagesOf } from "./stages.js";
import type { DataChange, WindowData } from "./windowData.js";

/** Datasets, their versions and the runs that read them, of every project of the window. */
export class DataProvider implements vscode.TreeDataProvider<DataNode> {
  private readonly emitter = new vscode.EventEmitter<DataNode[] | undefined>();
  private readonly nodes = new Map<string, DataSetNode>();
  private readonly limits = new Map<ProjectConnection, number>();

  readonly onDidChangeTreeData = this.emitter.event;

  constructor(
    private readonly services: Services,
    private readonly data: WindowData,
  ) {}

  getTreeItem(node: DataNode): vscode.TreeItem {
    return dataItemOf(node);
  }

  async getChildren(node?: DataNode): Promise<DataNode[]> {
    try {
      return await this.childrenOf(node);
    } catch (error) {
      // The reason stands in the welcome text and on the health page.
      this.services.log.warn(`Failed to list ${node?.id ?? "data"}: ${toError(error).message}`);
      return [];
    }
  }

  /** Only of what is revealed: datasets and versions. */
  getParent(node: DataNode): DataNode | undefined {
    if (node.kind === "version") return node.parent;
    if (node.kind !== "dataset" || this.services.projects.all.length < 2) return undefined;
    return { kind: "project", id: `data ${node.project.key}`, project: node.project };
  }

  refresh(): void {
    this.emitter.fire(undefined);
  }

  changed({ data, paths }: DataChange): void {
    if (!paths) {
      this.refresh();
      return;
    }
    const nodes = [...paths].flatMap((path) => this.nodes.get(idOf(data.project, path)) ?? []);
    if (nodes.length > 0) this.emitter.fire(nodes);
  }

  showMore({ parent }: MoreDataNode): void {
    if (parent.kind === "dataset") {
      parent.limit += PAGE;
      this.emitter.fire([parent]);
      return;
    }
    this.limits.set(parent.project, this.limitOf(parent.project) + PAGE);
    this.refresh();
  }

  /** The row of a dataset or of one of its versions, which is made to be listed. Undefined when there is none. */
  async find(
    project: ProjectConnection,
    path: string,
    version: number | undefined,
  ): Promise<DataSetNode | VersionNode | undefined> {
    const items = await this.data.of(project).datasets();
    const place = items.findIndex((item) => item.path === path);
    const item = items[place];
    if (!item) return undefined;
    if (place >= this.limitOf(project)) {
      this.limits.set(project, place + PAGE);
      this.refresh();
    }
    const node = this.nodeOf(project, item);
    if (version === undefined) return node;
    const versions = await this.data.of(project).versions(path);
    const at = versions.findIndex((each) => each.version === version);
    const found = versions[at];
    if (!found) return node;
    if (at >= node.limit) {
      node.limit = at + PAGE;
      this.emitter.fire([node]);
    }
    return versionNode(node, found);
  }

  private async childrenOf(node: DataNode | undefined): Promise<DataNode[]> {
    if (node === undefined) return this.roots();
    switch (node.kind) {
      case "project":
        return this.inProject(node.project);
      case "dataset":
        return this.inDataset(node);
      case "version":
        return this.inVersion(node);
      case "stages":
        return (await stagesOf(node.project)).map((stage) => ({
          ...{ kind: "stage", id: `${node.id} ${stage.name}`, project: node.project, stage },
        }));
      case "stage":
      case "run":
      case "more":
      case "allRuns":
        return [];
    }
  }

  private async roots(): Promise<DataNode[]> {
    const { all } = this.services.projects;
    const [only, ...others] = all;
    if (only === undefined) return [];
    if (others.length === 0) return this.inProject(only);
    const found = await Promise.all(
      all.map(async (project) => ({ project, rows: await this.inProject(project) })),
    );
    return found
      .filter(({ rows }) => rows.length > 0)
      .map(({ project }) => ({ kind: "project", id: `data ${project.key}`, project }));
  }

  private async inProject(project: ProjectConnection): Promise<DataNode[]> {
    // Asking again by itself would start an engine that fails again, for ever; Refresh asks.
    if (project.state.kind === "failed") return [];
    const items = await this.data.of(project).datasets();
    const limit = this.limitOf(project);
    const rows = items.slice(0, limit).map((item) => this.nodeOf(project, item));
    const stages = await this.stagesIn(project);
    if (items.length <= limit) return [...rows, ...stages];
    const parent = { kind: "datasets", project } as const;
    return [...rows, { kind: "more", id: `more data ${project.key}`, parent }, ...stages];
  }

  private async stagesIn(project: ProjectConnection): Promise<DataNode[]> {
    if (!project.hasDatabase || !(await hasStages(project))) return [];
    return [{ kind: "stages", id: `stages ${project.key}`, project }];
  }

  private async inDataset(node: DataSetNode): Promise<DataNode[]> {
    const versions = await this.data.of(node.project).versions(node.item.path);
    const rows: DataNode[] = versions.slice(0, node.limit).map((version) => versionNode(node, version));
    if (versions.length > node.limit) rows.push({ kind: "more", id: `more ${node.id}`, parent: node });
    return rows;
  }

  private async inVersion(node: VersionNode): Promise<(RunNode | AllRunsNode)[]> {
    const { project } = node.parent;
    const ids = node.version.runs.slice(0, RUNS_LISTED);
    if (ids.length === 0) return [];
    const { experiments } = await project.request("experiments", { view: "ALL" });
    const table = await project.request("runTable", {
      experimentIds: experiments.map(({ experimentId }) => experimentId),
      view: "ACTIVE_ONLY",
      limit: RUNS_LISTED,
      filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(", ")})`,
    });
    const rows = treeRuns(table)
      .sort((a, b) => b.row.startTime - a.row.startTime)
      .map((run): RunNode => {
        const id = `${node.id} run ${run.row.runId}`;
        return { kind: "run", id, project, run, children: [] };
      });
    if (node.version.runs.length <= RUNS_LISTED) return rows;
    return [...rows, { kind: "allRuns", id: `${node.id} runs`, parent: node }];
  }

  private nodeOf(project: ProjectConnection, item: DataItem): DataSetNode {
    const id = idOf(project, item.path);
    const node = this.nodes.get(id) ?? { kind: "dataset", id, project, item, limit: PAGE };
    node.item = item;
    this.nodes.set(id, node);
    return node;
  }

  private limitOf(project: ProjectConnection): number {
    return this.limits.get(project) ?? PAGE;
  }
}

function versionNode(parent: DataSetNode, version: DataVersion): VersionNode {
  return { kind: "version", id: `${parent.id} ${version.version ?? "git"} ${version.md5}`, parent, version };
}

function idOf(project: ProjectConnection, path: string): string {
  return `dataset ${project.key} ${path}`;
}
