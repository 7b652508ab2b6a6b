import { html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { DEFAULT_CHARTS, type ChartSettings } from "../../src/shared/charts.js";
import type { ConsoleQuery } from "../../src/shared/protocol.js";
import type { RunPanelApi, RunPanelData, RunPanelState, RunTab } from "../../src/shared/run/api.js";
import type { LogLink, LogView } from "../shared/log/index.js";
import { panelCharts } from "../shared/plot/index.js";
import { PanelElement } from "../shared/panelElement.js";
import { emptyState, loadingState } from "../shared/states.js";
import type { RunActions } from "./actions.js";
import "./artifacts/artifactsTab.js";
import "./codeTab.js";
import "./environmentTab.js";
import { overview } from "./overview.js";
import "./parameters.js";
import "./runHead.js";
import { isSystemMetric } from "./systemMetrics.js";
import { tabBar } from "./tabBar.js";

type Notified = RunPanelApi["notifications"];

/** For what may take long: a stop waits for processes, a search reads a whole console. */
const ACTION_TIMEOUT_MS = 120_000;

/** One run: what it is, its charts, its console and its files; all of them live. */
@customElement("cairn-run-panel")
export class RunPanel extends PanelElement<RunPanelApi> {
  @state() private data: RunPanelData | undefined;
  @state() private kept: RunPanelState | undefined;
  @query("cairn-log") private log!: LogView | null;

  protected readonly loading = { label: "Loading run", rows: 12 };
  private readonly charts = panelCharts(
    (method, params, timeoutMs) => this.client.request(method, params, timeoutMs),
    () => {
      this.requestUpdate();
    },
    () => (this.data ? [this.data.run.info.runId] : []),
  );

  protected listeners() {
    return {
      data: (data: RunPanelData) => {
        this.data = data;
      },
      points: ({ series }: Notified["points"]) => {
        this.charts.data.append(series);
        if (this.kept?.tab === "overview") this.requestUpdate();
      },
      dataChanged: () => {
        window.dispatchEvent(new Event("cairn-data-changed"));
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
    void this.charts.data.show([data.run.info.runId]);
  }

  protected override reconnected(): void {
    void (this.data ? this.charts.data.reload() : this.load());
  }

  /** In a narrow panel the tabs scroll. */
  protected override updated(changes: Map<PropertyKey, unknown>): void {
    if (!changes.has("kept")) return;
    const tab = this.querySelector('.tab[aria-selected="true"]');
    tab?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }

  private choose(tab: RunTab): void {
    this.keepState({ tab });
  }

  private keepState(change: Partial<RunPanelState>): void {
    if (!this.kept) return;
    this.kept = { ...this.kept, ...change };
    this.client.keep(this.kept);
    void this.ask("saveState", this.kept);
  }

  private async ask<M extends keyof RunPanelApi["requests"]>(
    method: M,
    params: RunPanelApi["requests"][M]["params"],
  ): Promise<boolean> {
    try {
      await this.client.request(method, params, ACTION_TIMEOUT_MS);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  private readonly actions: RunActions = {
    request: (method, params, timeoutMs) => this.client.request(method, params, timeoutMs),
    ask: (method, params) => this.ask(method, params),
  };

  private readonly loadConsole = (start: number, maxBytes: number) =>
    this.client.request("console", { start, maxBytes });

  private readonly searchConsole = (query: ConsoleQuery) =>
    this.client.request("searchConsole", query, ACTION_TIMEOUT_MS);

  private readonly openPlace = ({ path, line, column }: LogLink): void => {
    void this.ask("openPlace", { path, line, column });
  };

  private readonly copy = (text: string): void => {
    void this.ask("copyText", { text });
  };

  private readonly showArtifact = (artifact: string): void => {
    this.keepState({ artifact });
  };

  protected content(): unknown {
    if (!this.data || !this.kept) return undefined;
    const { tab } = this.kept;
    return html`${this.banners()}
      <cairn-run-head .data=${this.data} .actions=${this.actions}></cairn-run-head>
      ${tabBar(tab, (next) => {
        this.choose(next);
      })}
      <div class="tab-content grow" role="tabpanel" id="tab-content" aria-labelledby=${`tab-${tab}`}>
        ${this.renderTab(tab, this.data)}
      </div>`;
  }

  private renderTab(tab: RunTab, data: RunPanelData): unknown {
    const { actions } = this;
    switch (tab) {
      case "overview":
        return overview(data, this.charts.data.store.extremesOf(data.run.info.runId), actions);
      case "parameters":
        return html`<cairn-parameters .params=${data.run.data.params} .copy=${this.copy}></cairn-parameters>`;
      case "metrics":
        return this.renderCharts(data, "other", {
          title: "No metrics yet",
          text: "Charts appear with the first metric that the run logs.",
        });
      case "system":
        return this.renderCharts(data, "system", {
          title: "No system metrics",
          text: "Use of the processor, the memory, the disk, the network and the GPUs is drawn here for runs that Cairn starts, and for those that log system/… as MLflow does.",
        });
      case "console":
        return this.renderConsole(data);
      case "artifacts":
        return html`<cairn-artifacts-tab
          .files=${data.artifacts}
          .shown=${this.kept?.artifact}
          .show=${this.showArtifact}
          .actions=${actions}
          .running=${data.run.info.status === "RUNNING"}
        ></cairn-artifacts-tab>`;
      case "code":
        return html`<cairn-code .run=${data} .actions=${actions}></cairn-code>`;
      case "environment":
        return html`<cairn-environment .run=${data} .actions=${actions}></cairn-environment>`;
    }
  }

  private renderConsole({ row }: RunPanelData): unknown {
    if (!row.launched)
      return emptyState({
        icon: "output",
        title: "No console",
        text: "Only runs that Cairn has started have their console kept. This one was started elsewhere.",
      });
    return html`<cairn-log
      .load=${this.loadConsole}
      .search=${this.searchConsole}
      .openPlace=${this.openPlace}
      .copy=${this.copy}
    ></cairn-log>`;
  }

  private renderCharts(
    { run, color }: RunPanelData,
    only: "system" | "other",
    empty: { title: string; text: string },
  ): unknown {
    const { data, saver } = this.charts;
    if (data.loading) return loadingState("Loading charts");
    const isWanted = (key: string): boolean => isSystemMetric(key) === (only === "system");
    if (!data.store.keys().some(isWanted) && !data.failure)
      return emptyState({ icon: "graph-line", ...empty });
    const { runId, runName, startTime } = run.info;
    return html`<cairn-chart-grid
      .data=${data}
      .runs=${[{ id: runId, name: runName, color, startTime }]}
      .only=${only}
      .settings=${this.kept?.charts ?? DEFAULT_CHARTS}
      .saver=${saver}
      @charts-change=${(event: CustomEvent<ChartSettings>) => {
        this.keepState({ charts: event.detail });
      }}
    ></cairn-chart-grid>`;
  }
}
