import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon, iconButton } from "../icon.js";
import type { XAxis } from "./curve.js";
import { bySection, type CurveStore } from "./curveStore.js";
import "./metricChart.js";
import type { ChartTrace, MetricChart } from "./metricChart.js";

export interface ChartRun {
  id: string;
  name: string;
  color: string;
}

/** Charts of every metric in a store, in sections by prefix, under one legend. */
@customElement("cairn-chart-grid")
export class ChartGrid extends LitElement {
  @property({ attribute: false }) store: CurveStore | undefined;
  @property({ attribute: false }) runs: ChartRun[] = [];
  /** Raised by the owner when the store holds other curves than before. */
  @property({ attribute: false }) version = 0;
  @property({ attribute: false }) note = "";
  @state() private axis: XAxis = "step";
  @state() private logY = false;
  @state() private search = "";
  @state() private highlight: string | undefined;
  @state() private closed = new Set<string>();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Redraws the charts of metrics that have grown; a metric not seen before adds its chart. */
  grown(keys: Set<string>): void {
    const shown = new Set<string>();
    for (const chart of this.querySelectorAll<MetricChart>("cairn-metric-chart")) {
      shown.add(chart.metric);
      const store = this.store;
      if (!keys.has(chart.metric) || !store) continue;
      if (chart.traces.length < store.of(chart.metric).size)
        chart.traces = this.tracesOf(store, chart.metric);
      else chart.changed();
    }
    for (const key of keys) {
      if (shown.has(key)) continue;
      this.version++;
      return;
    }
  }

  private tracesOf(store: CurveStore, key: string): ChartTrace[] {
    const curves = store.of(key);
    return this.runs.flatMap((run) => {
      const curve = curves.get(run.id);
      return curve ? [{ ...run, curve }] : [];
    });
  }

  protected override render(): unknown {
    const store = this.store;
    if (!store) return nothing;
    const wanted = this.search.trim().toLowerCase();
    const keys = store.keys().filter((key) => key.toLowerCase().includes(wanted));
    return html`${this.renderBar()} ${this.renderLegend()}
      <div class="chart-scroll grow">
        ${repeat(
          bySection(keys),
          (section) => section.name,
          (section) => this.renderSection(store, section),
        )}
        ${keys.length === 0 ? html`<p class="muted chart-none">No metric matches “${this.search}”.</p>` : nothing}
      </div>`;
  }

  private renderBar(): unknown {
    return html`<div class="chart-bar" role="toolbar" aria-label="Charts">
      <input
        class="input grow"
        type="search"
        placeholder="Filter charts"
        aria-label="Filter charts by metric name"
        .value=${this.search}
        @input=${(event: InputEvent) => {
          this.search = (event.target as HTMLInputElement).value;
        }}
      />
      ${iconButton({
        icon: "history",
        label: "Time on the horizontal axis",
        pressed: this.axis === "time",
        onClick: () => {
          this.axis = this.axis === "time" ? "step" : "time";
        },
      })}
      ${iconButton({
        icon: "graph-line",
        label: "Logarithmic vertical axis",
        pressed: this.logY,
        onClick: () => {
          this.logY = !this.logY;
        },
      })}
    </div>`;
  }

  private renderLegend(): unknown {
    const over = (id: string | undefined) => () => {
      this.highlight = id;
    };
    return html`<ul class="legend" aria-label="Runs in the charts">
      ${repeat(
        this.runs,
        (run) => run.id,
        (run) =>
          html`<li class="legend-item" @pointerenter=${over(run.id)} @pointerleave=${over(undefined)}>
            <cairn-swatch .color=${run.color}></cairn-swatch
            ><span class="clip" title=${run.name}>${run.name}</span>
          </li>`,
      )}
      ${this.note ? html`<li class="legend-item muted">${this.note}</li>` : nothing}
    </ul>`;
  }

  private renderSection(store: CurveStore, section: { name: string; keys: string[] }): unknown {
    const open = !this.closed.has(section.name);
    const title = section.name || "metrics";
    return html`<section class="chart-section">
      <button
        class="section-head"
        type="button"
        aria-expanded=${open}
        @click=${() => {
          this.toggle(section.name);
        }}
      >
        ${icon(open ? "chevron-down" : "chevron-right")}<span class="clip">${title}</span>
        <span class="muted">${section.keys.length}</span>
      </button>
      ${
        open
          ? html`<div class="chart-cells">
              ${repeat(
                section.keys,
                (key) => key,
                (key) =>
                  html`<cairn-metric-chart
                    .metric=${key}
                    .label=${section.name ? key.slice(section.name.length + 1) : key}
                    .traces=${this.tracesOf(store, key)}
                    .axis=${this.axis}
                    .logY=${this.logY}
                    .highlight=${this.highlight}
                  ></cairn-metric-chart>`,
              )}
            </div>`
          : nothing
      }
    </section>`;
  }

  private toggle(name: string): void {
    const closed = new Set(this.closed);
    if (!closed.delete(name)) closed.add(name);
    this.closed = closed;
  }
}

export const chartStyles = css`
  cairn-chart-grid {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-width: 0;
  }
  .chart-bar {
    display: flex;
    align-items: center;
    gap: 4px;
    flex: none;
    padding: 6px 10px;
  }
  .chart-none {
    padding: 0 12px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    flex: none;
    gap: 2px 14px;
    max-height: 64px;
    margin: 0;
    padding: 0 12px 6px;
    overflow-y: auto;
    list-style: none;
    font-size: 0.92em;
  }
  .legend-item {
    display: flex;
    align-items: center;
    gap: 5px;
    max-width: 220px;
    line-height: 18px;
  }
  .chart-scroll {
    overflow-y: auto;
    overflow-x: hidden;
  }
  .section-head {
    position: sticky;
    top: 0;
    z-index: 2;
    display: flex;
    align-items: center;
    gap: 4px;
    width: 100%;
    height: 22px;
    padding: 0 8px 0 4px;
    border: 0;
    border-top: 1px solid var(--vscode-sideBarSectionHeader-border, var(--vscode-panel-border));
    background: var(--vscode-editor-background);
    color: var(--vscode-foreground);
    font: inherit;
    font-size: 11px;
    font-weight: 700;
    text-align: left;
    cursor: pointer;
  }
  .section-head .muted {
    font-weight: 400;
  }
  .chart-cells {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(max(260px, 30%), 100%), 1fr));
    gap: 4px 12px;
    padding: 4px 10px 10px;
  }
  cairn-metric-chart {
    display: block;
    min-width: 0;
  }
  .chart {
    margin: 0;
  }
  .chart-title {
    display: flex;
    align-items: center;
    gap: 4px;
    height: 24px;
    padding-left: 4px;
    font-weight: 600;
  }
  .plot {
    height: 210px;
  }
`;
