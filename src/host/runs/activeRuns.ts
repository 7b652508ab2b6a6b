import * as vscode from "vscode";
import { POINT_WIDTH, unpackPoints } from "../../shared/points.js";
import { setContextKey } from "../contextKeys.js";
import type { InterestHandle } from "../engine/interests.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Projects } from "../engine/projects.js";
import { type TreeRun, treeRuns } from "../tree/treeRun.js";

const AT_MOST = 100;
const REFRESH_MS = 200;

export interface ActiveRun extends TreeRun {
  project: ProjectConnection;
}

interface Watched {
  runs: ActiveRun[];
  interest: InterestHandle;
  subscriptions: vscode.Disposable;
  timer: NodeJS.Timeout | undefined;
}

/** The runs that are running now, of all connected projects, each with its newest metric values. */
export class ActiveRuns implements vscode.Disposable {
  private readonly watched = new Map<ProjectConnection, Watched>();
  private readonly changeEmitter = new vscode.EventEmitter<void>();
  private readonly valuesEmitter = new vscode.EventEmitter<string[]>();
  private readonly subscription: vscode.Disposable;

  /** A run started or ended. */
  readonly onDidChange = this.changeEmitter.event;
  /** New metric values of these runs. */
  readonly onValues = this.valuesEmitter.event;

  constructor(
    projects: Projects,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = projects.onDidChange(() => {
      this.sync(projects.all);
    });
    this.sync(projects.all);
  }

  get all(): ActiveRun[] {
    return [...this.watched.values()].flatMap(({ runs }) => runs);
  }

  find(runId: string): ActiveRun | undefined {
    return this.all.find(({ row }) => row.runId === runId);
  }

  dispose(): void {
    for (const project of [...this.watched.keys()]) this.forget(project);
    vscode.Disposable.from(this.subscription, this.changeEmitter, this.valuesEmitter).dispose();
  }

  private sync(projects: ProjectConnection[]): void {
    const connected = projects.filter((project) => project.state.kind === "connected");
    for (const project of [...this.watched.keys()]) if (!connected.includes(project)) this.forget(project);
    for (const project of connected) if (!this.watched.has(project)) this.watch(project);
  }

  private watch(project: ProjectConnection): void {
    const subscriptions = vscode.Disposable.from(
      project.onChanged(() => {
        this.refreshSoon(project);
      }),
      project.onPoints(({ series }) => {
        this.takePoints(series);
      }),
    );
    this.watched.set(project, { runs: [], interest: project.addInterest(), subscriptions, timer: undefined });
    void this.refresh(project);
  }

  private forget(project: ProjectConnection): void {
    const entry = this.watched.get(project);
    if (!entry) return;
    clearTimeout(entry.timer);
    entry.interest.dispose();
    entry.subscriptions.dispose();
    this.watched.delete(project);
    this.announce();
  }

  private refreshSoon(project: ProjectConnection): void {
    const entry = this.watched.get(project);
    if (!entry || entry.timer !== undefined) return;
    entry.timer = setTimeout(() => {
      entry.timer = undefined;
      void this.refresh(project);
    }, REFRESH_MS);
  }

  private async refresh(project: ProjectConnection): Promise<void> {
    try {
      const { experiments } = await project.request("experiments", { view: "ACTIVE_ONLY" });
      const ids = experiments.filter((each) => each.activeRuns > 0).map((each) => each.experimentId);
      const filter = "attributes.status = 'RUNNING'";
      const query = { experimentIds: ids, view: "ACTIVE_ONLY" as const, limit: AT_MOST, filter };
      const table = ids.length === 0 ? undefined : await project.request("runTable", query);
      const entry = this.watched.get(project);
      if (!entry) return;
      entry.runs = table ? treeRuns(table).map((run) => ({ ...run, project })) : [];
      entry.interest.set({ metrics: entry.runs.map(({ row }) => row.runId) });
      this.announce();
    } catch (error) {
      this.log.warn(`Failed to list the active runs of ${project.name}: ${String(error)}`);
    }
  }

  private takePoints(series: { runId: string; key: string; data: string }[]): void {
    const changed = new Set<string>();
    for (const { runId, key, data } of series) {
      const points = unpackPoints(data);
      const value = points[points.length - POINT_WIDTH + 2];
      const run = this.find(runId);
      if (!run || value === undefined) continue;
      run.metrics.set(key, value);
      changed.add(runId);
    }
    if (changed.size > 0) this.valuesEmitter.fire([...changed]);
  }

  private announce(): void {
    setContextKey("cairn.hasActiveRuns", this.all.length > 0);
    this.changeEmitter.fire();
  }
}
