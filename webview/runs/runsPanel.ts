import { html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { styled } from "../shared/styled.js";
import { DEFAULT_CHARTS, type ChartSettings } from "../../src/shared/charts.js";
import type { RunsPanelApi, RunsPanelData, RunsPanelState } from "../../src/shared/runs/api.js";
import { everyVisible } from "../shared/clock.js";
import type { Selection, VirtualGrid } from "../shared/grid/index.js";
import { panelCharts, type ChartGrid } from "../shared/plot/index.js";
import { PanelElement } from "../shared/panelElement.js";
import { emptyState, loadingState } from "../shared/states.js";
import { compareView } from "./compareView.js";
import { chartGroups, drawnNote } from "./drawnRuns.js";
import { isQuery } from "./filterQuery.js";
import { withOlder } from "./olderRuns.js";
import { startSelection, type RunsModel, type RunsView } from "./runsModel.js";
import type { TableRow } from "./treeRows.js";
import { TableControls, type TableHost } from "./tableControls.js";

type Notified = RunsPanelApi["notifications"];

const STACKED_BELOW = 640;
const SAVE_AFTER_MS = 400;
const FETCH_AFTER_MS = 80;

/** Runs of some experiments: a table of all, charts of the selected ones. */
@customElement("cairn-runs-panel")
export class RunsPanel extends PanelElement<RunsPanelApi> implements TableHost {
  @state() model: RunsModel | undefined;
  @state() selection: Selection = { ids: new Set(), anchor: undefined };
  @state() private stacked = false;
  @state() now = Date.now();

  protected readonly loading = { label: "Loading runs", rows: 14 };
  private readonly controls = new TableControls(this);
  private readonly charts = panelCharts(
    (method, params, timeoutMs) => this.client.request(method, params, timeoutMs),
    () => {
      this.requestUpdate();
    },
    () => this.drawnIds(),
  );
  /** The run whose note a command is about, until the runs are here. */
  private noted: string | undefined;
  /** What the host has told, without runs that were found beside. */
  private told: RunsPanelData | undefined;
  private fetched: string | undefined;
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
      table: (data: Notified["table"]) => {
        this.takeTable(data);
      },
      editNote: ({ runId }: Notified["editNote"]) => {
        this.noted = runId;
        this.editNoted();
      },
      points: ({ series }: Notified["points"]) => {
        this.charts.data.append(series);
      },
    };
  }

  protected async init(): Promise<void> {
    const { state: kept, ...data } = await this.client.request("init", null);
    this.told = data;
    this.model = { ...data, state: kept };
    this.selection = { ids: new Set(startSelection(data.table, kept.selected)), anchor: undefined };
    this.client.keep(kept);
    this.controls.filterChanged();
    this.editNoted();
    this.showDrawn();
  }

  protected override reconnected(): void {
    void (this.model ? this.charts.data.reload() : this.load());
  }

  private editNoted(): void {
    if (this.noted === undefined || !this.model) return;
    void this.controls.editNote(this.noted);
    this.noted = undefined;
  }

  private takeTable(told: RunsPanelData): void {
    if (!this.model) return;
    this.told = told;
    const data = withOlder(told, this.controls.search.older);
    const { table } = data;
    const wasEmpty = this.model.table.rows.length === 0;
    const known = new Set(this.model.table.rows.map((row) => row.runId));
    const started = table.rows.filter((row) => row.status === "RUNNING" && !known.has(row.runId));
    const here = new Set(table.rows.map((row) => row.runId));
    const ids = new Set([...this.selection.ids].filter((id) => here.has(id)));
    // A run that has just started is what the user is waiting to see.
    for (const row of started) ids.add(row.runId);
    this.model = { ...this.model, ...data };
    this.now = Date.now();
    this.controls.filterChanged();
    this.select({ ...this.selection, ids: wasEmpty ? new Set(startSelection(table, [])) : ids });
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.keep({ selected: [...selection.ids] });
    clearTimeout(this.fetchTimer);
    this.fetchTimer = setTimeout(() => {
      this.showDrawn();
    }, FETCH_AFTER_MS);
  }

  private drawnIds(): string[] {
    return this.model ? this.controls.view(this.model).drawn.map((row) => row.runId) : [];
  }

  private showDrawn(): void {
    const runIds = this.drawnIds();
    const wanted = runIds.join();
    if (wanted === this.fetched) return;
    this.fetched = wanted;
    void this.charts.data.show(runIds);
  }

  keep(change: Partial<RunsPanelState>): void {
    if (!this.model) return;
    const next = { ...this.model.state, ...change };
    this.model = { ...this.model, state: next };
    this.client.keep(next);
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => {
      this.ask("saveState", next);
    }, SAVE_AFTER_MS);
  }

  grid(): VirtualGrid | null {
    return this.querySelector<VirtualGrid>(".runs-grid");
  }

  showFound(): void {
    if (this.model && this.told)
      this.model = { ...this.model, ...withOlder(this.told, this.controls.search.older) };
  }

  redraw(): void {
    this.requestUpdate();
  }

  request<M extends keyof RunsPanelApi["requests"]>(
    method: M,
    params: RunsPanelApi["requests"][M]["params"],
  ): Promise<RunsPanelApi["requests"][M]["result"]> {
    return this.client.request(method, params, 60_000);
  }

  ask<M extends keyof RunsPanelApi["requests"]>(
    method: M,
    params: RunsPanelApi["requests"][M]["params"],
  ): void {
    this.client.request(method, params, 600_000).catch((error: unknown) => {
      this.failed(error, () => {
        this.ask(method, params);
      });
    });
  }

  private readonly startRun = (): void => {
    this.ask("startRun", null);
  };

  protected content(): unknown {
    const { model } = this;
    if (!model) return undefined;
    return html`${this.banners()}
    ${
      model.table.rows.length === 0
        ? emptyState({
            icon: "beaker",
            title: "No runs yet",
            text: "Start one here, or run any script that logs with MLflow in this project. It appears as soon as it starts.",
            step: { label: "Start Run", onClick: this.startRun },
          })
        : this.renderRuns(model, this.controls.view(model))
    }`;
  }

  private renderRuns(model: RunsModel, view: RunsView): unknown {
    const share = model.state.split > 0 && model.state.split < 1 ? model.state.split : 0.5;
    return html`${this.controls.renderToolbar(model, view)}
      <div class="split grow ${this.stacked ? "stacked" : ""}">
        <div
          class="pane"
          ${styled({ flex: `${share} 1 0` })}
          @pointerover=${(event: PointerEvent) => {
            this.highlight(runUnder(event, view.rows));
          }}
          @pointerleave=${() => {
            this.highlight(undefined);
          }}
        >
          ${
            view.listed.length === 0
              ? emptyState({
                  icon: "filter",
                  title: "No run matches",
                  text: isQuery(model.state.textFilter)
                    ? `No run fulfils “${model.state.textFilter}”.`
                    : `Nothing in names, parameters, metrics, tags, users or status holds “${model.state.textFilter}”.`,
                  step: {
                    label: "Clear Filter",
                    onClick: () => {
                      this.keep({ textFilter: "" });
                      this.controls.filterChanged();
                    },
                  },
                })
              : this.controls.renderGrid(model, view)
          }
        </div>
        <cairn-splitter
          .share=${share}
          .stacked=${this.stacked}
          @split=${(event: CustomEvent<number>) => {
            this.keep({ split: event.detail });
          }}
        ></cairn-splitter>
        <div class="pane" ${styled({ flex: `${1 - share} 1 0` })}>${this.renderSide(model, view)}</div>
      </div>
      ${this.controls.renderOverlay(model, view)}`;
  }

  private renderSide(model: RunsModel, view: RunsView): unknown {
    if (model.state.side === "charts") return this.renderCharts(model, view);
    return compareView(model, view, this.controls.selected(model), (compareDiffering) => {
      this.keep({ compareDiffering });
    });
  }

  private renderCharts(model: RunsModel, view: RunsView): unknown {
    if (view.drawn.length === 0)
      return emptyState({
        icon: "graph-line",
        title: "No run selected",
        text: "Select runs in the table to compare their metrics here.",
      });
    const { data, saver } = this.charts;
    if (data.loading) return loadingState("Loading charts");
    if (data.store.keys().length === 0 && !data.failure)
      return emptyState({
        icon: "graph-line",
        title: "No metrics yet",
        text: "The selected runs have logged no metric. Charts appear with the first one.",
      });
    const settings = model.state.charts ?? DEFAULT_CHARTS;
    const runs = view.drawn.map((row) => ({
      id: row.runId,
      name: row.name,
      color: model.colors[row.runId] ?? "#888888",
      startTime: row.startTime,
    }));
    return html`<cairn-chart-grid
      .data=${data}
      .runs=${runs}
      .groups=${chartGroups(view.drawn, view.rows, model.colors)}
      .settings=${settings}
      .saver=${saver}
      .note=${drawnNote(this.selection.ids.size, view.rows, settings, (change) => {
        this.changeCharts({ ...settings, ...change });
      })}
      @charts-change=${(event: CustomEvent<ChartSettings>) => {
        this.changeCharts(event.detail);
      }}
    ></cairn-chart-grid>`;
  }

  /** Straight to the charts: the pointer runs over many rows, and nothing else has to be drawn again. */
  private highlight(id: string | undefined): void {
    const charts = this.querySelector<ChartGrid>("cairn-chart-grid");
    if (charts) charts.highlight = id;
  }

  private changeCharts(charts: ChartSettings): void {
    this.keep({ charts });
    this.showDrawn();
  }
}

function runUnder(event: PointerEvent, rows: readonly TableRow[]): string | undefined {
  const line = (event.target as Element).closest(".grid-row")?.getAttribute("aria-rowindex");
  // The head is the first row.
  const row = line ? rows[Number(line) - 2] : undefined;
  return row?.kind === "run" ? row.row.runId : row?.id;
}
