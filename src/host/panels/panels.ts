import * as vscode from "vscode";
import type { RunPanelState } from "../../shared/run/api.js";
import { DEFAULT_LAYOUT, type RunsPanelState } from "../../shared/runs/api.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import type { OpenRunPanel } from "./runPanel.js";
import type { OpenRunsPanel } from "./runsPanel.js";

export const PANEL_TYPES = { runs: "cairn.runs", run: "cairn.run", health: "cairn.health" } as const;

interface Where {
  column?: vscode.ViewColumn | undefined;
  preserveFocus?: boolean | undefined;
}

interface OpenRun extends Where {
  project: ProjectConnection;
  runId: string;
  /** Its title until the run is loaded. */
  name?: string;
  /** Where it opens; an open panel stays at its tab when none is given. */
  tab?: RunPanelState["tab"];
}

/** Opens panels, each thing at most once, and fills them again after a reload of the window. */
export class Panels implements vscode.Disposable {
  private readonly open = new Map<string, vscode.WebviewPanel>();
  private readonly runsPanels = new WeakMap<vscode.WebviewPanel, OpenRunsPanel>();
  private readonly runPanels = new WeakMap<vscode.WebviewPanel, OpenRunPanel>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly services: Services) {
    const restore = (viewType: string, fill: (view: vscode.WebviewPanel, state: unknown) => Promise<void>) =>
      vscode.window.registerWebviewPanelSerializer(viewType, { deserializeWebviewPanel: fill });
    this.subscriptions = [
      restore(PANEL_TYPES.runs, (view, state) => this.restoreRuns(view, state)),
      restore(PANEL_TYPES.run, (view, state) => this.restoreRun(view, state)),
      restore(PANEL_TYPES.health, (view) => this.restoreHealth(view)),
    ];
  }

  /**
   * The table and charts of some experiments; of all when none is named. `selected` are the runs drawn at first,
   * `note` is the run whose note is to be edited, `filter` is what the runs are to fulfil at first.
   */
  async openRuns(
    project: ProjectConnection,
    options: {
      experimentIds?: string[];
      title?: string;
      selected?: string[];
      note?: string;
      filter?: string;
    } = {},
  ): Promise<void> {
    const { experimentIds = [], title = vscode.l10n.t("Runs"), selected = [], note, filter = "" } = options;
    const key = `runs ${project.key} ${experimentIds.join(" ")}${filter && ` where ${filter}`}`;
    const opened = await this.reveal(key, PANEL_TYPES.runs, title, {}, async (view) => {
      const state: RunsPanelState = {
        ...{ project: project.key, experimentIds, title, selected },
        ...{ textFilter: filter, sort: null, split: 0.5 },
        ...{ layout: DEFAULT_LAYOUT, side: "charts", compareDiffering: true },
      };
      await this.fillRuns(project, view, state, false);
    });
    if (note !== undefined) this.runsPanels.get(opened)?.editNote(note);
  }

  async openRun({ project, runId, name, tab, ...where }: OpenRun): Promise<void> {
    const title = name ?? vscode.l10n.t("Run");
    const view = await this.reveal(`run ${runId}`, PANEL_TYPES.run, title, where, (created) =>
      this.fillRun(project, created, { project: project.key, runId, title, tab: tab ?? "overview" }),
    );
    if (tab !== undefined) this.runPanels.get(view)?.showTab(tab);
  }

  async openHealth(project: ProjectConnection): Promise<void> {
    const title = vscode.l10n.t("Cairn Health");
    await this.reveal(`health ${project.key}`, PANEL_TYPES.health, title, {}, async (view) => {
      const { showHealthPanel } = await import("./healthPanel.js");
      showHealthPanel(this.services, project, view);
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async reveal(
    key: string,
    viewType: string,
    title: string,
    { column, preserveFocus = false }: Where,
    fill: (view: vscode.WebviewPanel) => Promise<void>,
  ): Promise<vscode.WebviewPanel> {
    const existing = this.open.get(key);
    if (existing) {
      existing.reveal(undefined, preserveFocus);
      return existing;
    }
    const viewColumn = column ?? vscode.ViewColumn.Active;
    const view = vscode.window.createWebviewPanel(viewType, title, { viewColumn, preserveFocus });
    this.remember(key, view);
    await fill(view);
    return view;
  }

  private async fillRuns(
    project: ProjectConnection,
    view: vscode.WebviewPanel,
    state: RunsPanelState,
    restored: boolean,
  ): Promise<void> {
    const { showRunsPanel } = await import("./runsPanel.js");
    this.runsPanels.set(view, showRunsPanel(this.services, project, view, state, restored));
  }

  private async fillRun(
    project: ProjectConnection,
    view: vscode.WebviewPanel,
    state: RunPanelState,
  ): Promise<void> {
    const { showRunPanel } = await import("./runPanel.js");
    this.runPanels.set(view, showRunPanel(this.services, project, view, state));
  }

  private remember(key: string, view: vscode.WebviewPanel): void {
    this.open.set(key, view);
    view.onDidDispose(() => this.open.delete(key));
  }

  private async restoreRuns(view: vscode.WebviewPanel, kept: unknown): Promise<void> {
    const { parsers } = await import("./restoredState.js");
    const state = parsers.runs(kept);
    const project = this.projectOf(state?.project);
    if (!state || !project) {
      view.dispose();
      return;
    }
    this.remember(`runs ${project.key} ${state.experimentIds.join(" ")}`, view);
    await this.fillRuns(project, view, state, true);
  }

  private async restoreRun(view: vscode.WebviewPanel, kept: unknown): Promise<void> {
    const { parsers } = await import("./restoredState.js");
    const state = parsers.run(kept);
    const project = this.projectOf(state?.project);
    if (!state || !project) {
      view.dispose();
      return;
    }
    this.remember(`run ${state.runId}`, view);
    await this.fillRun(project, view, state);
  }

  private async restoreHealth(view: vscode.WebviewPanel): Promise<void> {
    const project = this.projectOf(undefined);
    if (!project) {
      view.dispose();
      return;
    }
    this.remember(`health ${project.key}`, view);
    const { showHealthPanel } = await import("./healthPanel.js");
    showHealthPanel(this.services, project, view);
  }

  /** A panel whose folder is no longer in the window is closed; one that never said takes the first. */
  private projectOf(key: string | undefined): ProjectConnection | undefined {
    const { projects } = this.services;
    return key === undefined ? (projects.recorded[0] ?? projects.all[0]) : projects.byKey(key);
  }
}
