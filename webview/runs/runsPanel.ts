import { html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { styled } from "../shared/styled.js";
import { toError } from "../../src/shared/errors.js";
import type { RunRow } from "../../src/shared/protocol.js";
import type { RunsPanelApi, RunsPanelState } from "../../src/shared/runs/api.js";
import { everyVisible } from "../shared/clock.js";
import type { MenuItem } from "../shared/contextMenu.js";
import type { GridSort, Selection } from "../shared/grid/index.js";
import { CurveStore, type ChartGrid } from "../shared/plot/index.js";
import { PanelElement } from "../shared/panelElement.js";
import { banner, emptyState, loadingState } from "../shared/states.js";
import { runsToolbar } from "./runsToolbar.js";
import { MAX_DRAWN, startSelection, viewRuns, type RunsModel, type RunsView } from "./runsModel.js";

type Notified = RunsPanelApi["notifications"];

const STACKED_BELOW = 640;
const MAX_POINTS = 2_000;
const SAVE_AFTER_MS = 400;
const FETCH_AFTER_MS = 80;

/** Runs of some experiments: a table of all, charts of the selected ones. */
@customElement("cairn-runs-panel")
export class RunsPanel extends PanelElement<RunsPanelApi> {
  @state() private model: RunsModel | undefined;
  @state() private notice: { text: string; retry: () => void } | undefined;
  @state() private selection: Selection = { ids: new Set(), anchor: undefined };
  @state() private charts = { version: 0, loading: true };
  @state() private stacked = false;
  @state() private now = Date.now();
  @state() private menu: { x: number; y: number } | undefined;
  @query("cairn-chart-grid") private chartGrid!: ChartGrid | null;

  protected readonly loading = { label: "Loading runs", rows: 14 };
  private readonly store = new CurveStore();
  private fetched = "";
  private fetchTimer: ReturnType<typeof setTimeout> | undefined;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const sized = new ResizeObserver(() => {
      this.stacked = this.clientWidth < STACKED_BELOW;
    });
    sized.observe(this);
    const clock = everyVisible(30_000, () => {
      this.now = Date.now();
    });
    this.disposables.push(clock, {
      dispose: () => {
        sized.disconnect();
      },
    });
  }

  protected listeners() {
    return {
      table: ({ table, colors }: Notified["table"]) => {
        this.takeTable(table, colors);
      },
      points: ({ series }: Notified["points"]) => {
        this.chartGrid?.grown(this.store.append(series));
      },
    };
  }

  protected async init(): Promise<void> {
    const { state: kept, table, colors } = await this.client.request("init", null);
    this.model = { table, colors, state: kept };
    this.selection = { ids: new Set(startSelection(table, kept.selected)), anchor: undefined };
    this.client.keep(kept);
    void this.fetchCurves();
  }

  protected override reconnected(): void {
    void (this.model ? this.fetchCurves() : this.load());
  }

  private takeTable(table: RunsModel["table"], colors: RunsModel["colors"]): void {
    if (!this.model) return;
    const wasEmpty = this.model.table.rows.length === 0;
    const known = new Set(this.model.table.rows.map((row) => row.runId));
    const started = table.rows.filter((row) => row.status === "RUNNING" && !known.has(row.runId));
    const here = new Set(table.rows.map((row) => row.runId));
    const ids = new Set([...this.selection.ids].filter((id) => here.has(id)));
    // A run that has just started is what the user is waiting to see.
    for (const row of started) ids.add(row.runId);
    this.model = { ...this.model, table, colors };
    this.now = Date.now();
    this.changeSelection({ ...this.selection, ids: wasEmpty ? new Set(startSelection(table, [])) : ids });
  }

  private changeSelection(selection: Selection): void {
    this.selection = selection;
    this.keep({ selected: [...selection.ids] });
    clearTimeout(this.fetchTimer);
    this.fetchTimer = setTimeout(() => {
      if (this.drawnIds().join() !== this.fetched) void this.fetchCurves();
    }, FETCH_AFTER_MS);
  }

  private drawnIds(): string[] {
    return this.model ? viewRuns(this.model, this.selection.ids, this.now).drawn.map((row) => row.runId) : [];
  }

  private async fetchCurves(): Promise<void> {
    const runIds = this.drawnIds();
    const wanted = runIds.join();
    this.fetched = wanted;
    this.store.beginFetch();
    try {
      const { curves } = await this.client.request("curves", { runIds, maxPoints: MAX_POINTS });
      if (this.fetched !== wanted) return;
      this.store.endFetch(curves);
      this.notice = undefined;
      this.charts = { version: this.charts.version + 1, loading: false };
    } catch (error) {
      if (this.fetched !== wanted) return;
      this.notice = {
        text: `The charts could not be loaded. ${toError(error).message}`,
        retry: () => void this.fetchCurves(),
      };
      this.charts = { ...this.charts, loading: false };
    }
  }

  private keep(change: Partial<RunsPanelState>): void {
    if (!this.model) return;
    const next = { ...this.model.state, ...change };
    this.model = { ...this.model, state: next };
    this.client.keep(next);
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => {
      this.ask("saveState", next);
    }, SAVE_AFTER_MS);
  }

  private ask<M extends keyof RunsPanelApi["requests"]>(
    method: M,
    params: RunsPanelApi["requests"][M]["params"],
  ): void {
    this.client.request(method, params, 600_000).catch((error: unknown) => {
      this.notice = {
        text: toError(error).message,
        retry: () => {
          this.ask(method, params);
        },
      };
    });
  }

  private readonly startRun = (): void => {
    this.ask("startRun", null);
  };

  private openRuns(ids: string[]): void {
    for (const runId of ids.slice(0, 1)) this.ask("openRun", { runId });
  }

  private stoppable(): RunRow[] {
    const rows = this.model?.table.rows ?? [];
    return rows.filter(
      (row) => row.launched && row.status === "RUNNING" && this.selection.ids.has(row.runId),
    );
  }

  private readonly stopSelected = (): void => {
    for (const row of this.stoppable()) this.ask("stopRun", { runId: row.runId });
  };

  protected content(): unknown {
    const { model } = this;
    if (!model) return undefined;
    return html`${this.renderBanners()}
    ${
      model.table.rows.length === 0
        ? emptyState({
            icon: "beaker",
            title: "No runs yet",
            text: "Start one here, or run any script that logs with MLflow in this project. It appears as soon as it starts.",
            step: { label: "Start Run", onClick: this.startRun },
          })
        : this.renderRuns(model, viewRuns(model, this.selection.ids, this.now))
    }
    ${this.menu ? this.renderMenu(this.menu) : nothing}`;
  }

  private renderBanners(): unknown {
    const { notice } = this;
    return html`${this.connectionBanner()}
    ${
      notice
        ? banner("error", notice.text, {
            label: "Try again",
            onClick: () => {
              this.notice = undefined;
              notice.retry();
            },
          })
        : nothing
    }`;
  }

  private renderRuns(model: RunsModel, view: RunsView): unknown {
    const share = model.state.split > 0 && model.state.split < 1 ? model.state.split : 0.5;
    const selected = this.selection.ids.size;
    return html`${runsToolbar(
        {
          filter: model.state.textFilter,
          shown: view.rows.length,
          total: model.table.rows.length,
          truncated: model.table.truncated,
          selected,
          canStop: this.stoppable().length > 0,
        },
        {
          filter: (textFilter) => {
            this.keep({ textFilter });
          },
          start: this.startRun,
          open: () => {
            this.openRuns([...this.selection.ids]);
          },
          stop: this.stopSelected,
          remove: () => {
            this.ask("deleteRuns", { runIds: [...this.selection.ids] });
          },
        },
      )}
      <div class="split grow ${this.stacked ? "stacked" : ""}">
        <div class="pane" ${styled({ flex: `${share} 1 0` })}>
          ${
            view.rows.length === 0
              ? emptyState({
                  icon: "filter",
                  title: "No run matches",
                  text: `Nothing in names, parameters, metrics, users or status holds “${model.state.textFilter}”.`,
                  step: {
                    label: "Clear Filter",
                    onClick: () => {
                      this.keep({ textFilter: "" });
                    },
                  },
                })
              : this.renderGrid(model, view)
          }
        </div>
        <cairn-splitter
          .share=${share}
          .stacked=${this.stacked}
          @split=${(event: CustomEvent<number>) => {
            this.keep({ split: event.detail });
          }}
        ></cairn-splitter>
        <div class="pane" ${styled({ flex: `${1 - share} 1 0` })}>${this.renderCharts(model, view)}</div>
      </div>`;
  }

  private renderGrid(model: RunsModel, view: RunsView): unknown {
    return html`<cairn-grid
      .rows=${view.rows}
      .columns=${view.columns}
      .rowId=${(row: RunRow) => row.runId}
      .selection=${this.selection}
      .sort=${model.state.sort}
      .label=${`Runs of ${model.state.title}`}
      @grid-select=${(event: CustomEvent<Selection>) => {
        this.changeSelection(event.detail);
      }}
      @grid-sort=${(event: CustomEvent<GridSort | null>) => {
        this.keep({ sort: event.detail });
      }}
      @grid-open=${(event: CustomEvent<string>) => {
        this.openRuns([event.detail]);
      }}
      @grid-menu=${(event: CustomEvent<{ x: number; y: number }>) => {
        this.menu = event.detail;
      }}
    ></cairn-grid>`;
  }

  private renderCharts(model: RunsModel, view: RunsView): unknown {
    if (view.drawn.length === 0)
      return emptyState({
        icon: "graph-line",
        title: "No run selected",
        text: "Select runs in the table to compare their metrics here.",
      });
    if (this.charts.loading) return loadingState("Loading charts");
    if (this.store.keys().length === 0)
      return emptyState({
        icon: "graph-line",
        title: "No metrics yet",
        text: "The selected runs have logged no metric. Charts appear with the first one.",
      });
    const hidden = this.selection.ids.size - view.drawn.length;
    const runs = view.drawn.map((row) => ({
      id: row.runId,
      name: row.name,
      color: model.colors[row.runId] ?? "#888888",
    }));
    return html`<cairn-chart-grid
      .store=${this.store}
      .runs=${runs}
      .version=${this.charts.version}
      .note=${hidden > 0 ? `newest ${MAX_DRAWN} drawn` : ""}
    ></cairn-chart-grid>`;
  }

  private renderMenu(at: { x: number; y: number }): unknown {
    const ids = [...this.selection.ids];
    const items: MenuItem[] = [
      {
        label: "Open Run",
        disabled: ids.length !== 1,
        run: () => {
          this.openRuns(ids);
        },
      },
      { label: "Stop Run", disabled: this.stoppable().length === 0, run: this.stopSelected },
      {
        label: ids.length === 1 ? "Copy Run ID" : "Copy Run IDs",
        run: () => {
          this.ask("copyText", { text: ids.join("\n") });
        },
      },
      {
        label: "Delete…",
        run: () => {
          this.ask("deleteRuns", { runIds: ids });
        },
      },
    ];
    return html`<cairn-menu
      .x=${at.x}
      .y=${at.y}
      .items=${items}
      @menu-close=${() => {
        this.menu = undefined;
      }}
    ></cairn-menu>`;
  }
}
