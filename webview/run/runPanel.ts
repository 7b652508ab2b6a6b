import { html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { toError } from "../../src/shared/errors.js";
import type { RunPanelApi, RunPanelData, RunPanelState } from "../../src/shared/run/api.js";
import { everyVisible } from "../shared/clock.js";
import { formatDuration } from "../shared/format.js";
import type { LogView } from "../shared/log/index.js";
import { CurveStore, type ChartGrid } from "../shared/plot/index.js";
import { PanelElement } from "../shared/panelElement.js";
import { banner, emptyState, loadingState } from "../shared/states.js";
import { statusIcon, statusLabel } from "../shared/status.js";
import { extremesOf } from "./extremes.js";
import { overview, type Extremes } from "./overview.js";

type Tab = RunPanelState["tab"];
type Notified = RunPanelApi["notifications"];

const TABS: readonly { id: Tab; title: string }[] = [
  { id: "overview", title: "Overview" },
  { id: "metrics", title: "Metrics" },
  { id: "console", title: "Console" },
  { id: "artifacts", title: "Artifacts" },
];
const MAX_POINTS = 2_000;
const STOP_TIMEOUT_MS = 120_000;

/** One run: what it is, its charts, its console and its files; all of them live. */
@customElement("cairn-run-panel")
export class RunPanel extends PanelElement<RunPanelApi> {
  @state() private data: RunPanelData | undefined;
  @state() private kept: RunPanelState | undefined;
  @state() private notice: string | undefined;
  @state() private charts = { version: 0, loading: true };
  @state() private extremes = new Map<string, Extremes>();
  @state() private stopping = false;
  @state() private now = Date.now();
  @query("cairn-chart-grid") private chartGrid!: ChartGrid | null;
  @query("cairn-log") private log!: LogView | null;

  protected readonly loading = { label: "Loading run", rows: 12 };
  private readonly store = new CurveStore();

  override connectedCallback(): void {
    super.connectedCallback();
    this.disposables.push(
      everyVisible(1_000, () => {
        if (this.data?.run.info.status === "RUNNING") this.now = Date.now();
      }),
    );
  }

  protected listeners() {
    return {
      data: (data: RunPanelData) => {
        this.data = data;
      },
      points: ({ series }: Notified["points"]) => {
        this.takePoints(series);
      },
      show: ({ tab }: Notified["show"]) => {
        this.choose(tab);
      },
      output: (chunk: Notified["output"]) => {
        this.log?.push(chunk);
      },
    };
  }

  protected async init(): Promise<void> {
    const { state: kept, data } = await this.client.request("init", null);
    this.kept = kept;
    this.data = data;
    this.client.keep(kept);
    void this.fetchCurves();
  }

  protected override reconnected(): void {
    void (this.data ? this.fetchCurves() : this.load());
  }

  private async fetchCurves(): Promise<void> {
    this.store.beginFetch();
    try {
      const { curves } = await this.client.request("curves", { maxPoints: MAX_POINTS });
      this.store.endFetch(curves);
      this.notice = undefined;
      this.extremes = extremesOf(this.store, this.data?.run.info.runId ?? "");
      this.charts = { version: this.charts.version + 1, loading: false };
    } catch (error) {
      this.notice = `The charts could not be loaded. ${toError(error).message}`;
      this.charts = { ...this.charts, loading: false };
    }
  }

  private takePoints(series: { runId: string; key: string; points: Float64Array }[]): void {
    const keys = this.store.append(series);
    this.chartGrid?.grown(keys);
    this.extremes = extremesOf(this.store, this.data?.run.info.runId ?? "");
  }

  private choose(tab: Tab): void {
    if (!this.kept) return;
    this.kept = { ...this.kept, tab };
    this.client.keep(this.kept);
    void this.ask("saveState", this.kept);
  }

  private async ask<M extends keyof RunPanelApi["requests"]>(
    method: M,
    params: RunPanelApi["requests"][M]["params"],
  ): Promise<void> {
    try {
      await this.client.request(method, params, STOP_TIMEOUT_MS);
    } catch (error) {
      this.notice = toError(error).message;
    }
  }

  private readonly stop = async (): Promise<void> => {
    this.stopping = true;
    await this.ask("stop", null);
    this.stopping = false;
  };

  private readonly loadConsole = (start: number, maxBytes: number) =>
    this.client.request("console", { start, maxBytes });

  private readonly listArtifacts = async (path: string) =>
    (await this.client.request("listArtifacts", { path })).files;

  private readonly openArtifact = (path: string): void => {
    void this.ask("openArtifact", { path });
  };

  private readonly copy = (text: string): void => {
    void this.ask("copyText", { text });
  };

  protected content(): unknown {
    if (!this.data || !this.kept) return undefined;
    const { notice } = this;
    return html`${this.connectionBanner()}
      ${
        notice
          ? banner("error", notice, {
              label: "Dismiss",
              onClick: () => {
                this.notice = undefined;
              },
            })
          : nothing
      }
      ${this.renderHead(this.data)} ${this.renderTabs(this.kept.tab)}
      <div
        class="tab-content grow"
        role="tabpanel"
        id="tab-content"
        aria-labelledby=${`tab-${this.kept.tab}`}
      >
        ${this.renderTab(this.kept.tab, this.data)}
      </div>`;
  }

  private renderHead({ run, row, experimentName, color }: RunPanelData): unknown {
    const { info } = run;
    const running = info.status === "RUNNING";
    const duration = formatDuration((info.endTime ?? this.now) - info.startTime);
    return html`<header class="run-head">
      ${statusIcon(info.status)}<cairn-swatch .color=${color}></cairn-swatch>
      <h1>${info.runName}</h1>
      <span class="muted"
        >${statusLabel(info.status)} ·
        ${running || info.endTime !== null ? `${duration} · ` : ""}${experimentName}</span
      >
      ${
        running && row.launched
          ? html`<vscode-button secondary icon="debug-stop" ?disabled=${this.stopping} @click=${this.stop}
              >${this.stopping ? "Stopping…" : "Stop"}</vscode-button
            >`
          : nothing
      }
    </header>`;
  }

  private renderTabs(active: Tab): unknown {
    return html`<div class="tabs" role="tablist" aria-label="Run" @keydown=${this.onTabKey}>
      ${TABS.map(
        ({ id, title }) =>
          html`<button
            class="tab"
            type="button"
            role="tab"
            id=${`tab-${id}`}
            aria-selected=${id === active}
            aria-controls="tab-content"
            tabindex=${id === active ? 0 : -1}
            @click=${() => {
              this.choose(id);
            }}
          >
            ${title}
          </button>`,
      )}
    </div>`;
  }

  private readonly onTabKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 || !this.kept) return;
    event.preventDefault();
    const at = TABS.findIndex((tab) => tab.id === this.kept?.tab);
    const next = TABS[(at + step + TABS.length) % TABS.length];
    if (!next) return;
    this.choose(next.id);
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
    });
  };

  private renderTab(tab: Tab, data: RunPanelData): unknown {
    switch (tab) {
      case "overview":
        return overview(data, this.extremes, {
          copy: this.copy,
          openSource: () => void this.ask("openSource", null),
        });
      case "metrics":
        return this.renderCharts(data);
      case "console":
        return this.renderConsole(data);
      case "artifacts":
        return html`<cairn-artifacts
          .files=${data.artifacts}
          .list=${this.listArtifacts}
          .open=${this.openArtifact}
        ></cairn-artifacts>`;
    }
  }

  private renderConsole({ row }: RunPanelData): unknown {
    if (!row.launched)
      return emptyState({
        icon: "output",
        title: "No console",
        text: "Only runs that Cairn has started have their console kept. This one was started elsewhere.",
      });
    return html`<cairn-log .load=${this.loadConsole} .copy=${this.copy}></cairn-log>`;
  }

  private renderCharts({ run, color }: RunPanelData): unknown {
    if (this.charts.loading) return loadingState("Loading charts");
    if (this.store.keys().length === 0)
      return emptyState({
        icon: "graph-line",
        title: "No metrics yet",
        text: "Charts appear with the first metric that the run logs.",
      });
    const runs = [{ id: run.info.runId, name: run.info.runName, color }];
    return html`<cairn-chart-grid
      .store=${this.store}
      .runs=${runs}
      .version=${this.charts.version}
    ></cairn-chart-grid>`;
  }
}
