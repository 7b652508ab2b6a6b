import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { DEFAULT_CHARTS, type ChartOptions, type ChartSettings } from "../../../src/shared/charts.js";
import { toError } from "../../../src/shared/errors.js";
import { formatCount } from "../format.js";
import { icon } from "../icon.js";
import { banner } from "../states.js";
import { styled } from "../styled.js";
import { onThemeChange } from "../theme.js";
import type { Range } from "./axes.js";
import { chartBar } from "./chartBar.js";
import type { ChartData } from "./chartData.js";
import "./chartDialog.js";
import { chartLegend, type LegendNote } from "./chartLegend.js";
import { chartMenu, togglePin, type ChartAction } from "./chartMenu.js";
import type { ChartGroup, ChartRun, Who } from "./drawCurves.js";
import { saveChart, type ChartSaver } from "./exportChart.js";
import "./metricChart.js";
import type { ChartEvents, MetricChart } from "./metricChart.js";
import { labelIn, toSections, type Part, type Section } from "./sections.js";
import { layoutSheet, type PlacedSection, type Sheet } from "./sheet.js";

/** Charts of the metrics of some runs, in sections by prefix, under one legend. Only those near the view are built. */
@customElement("cairn-chart-grid")
export class ChartGrid extends LitElement {
  @property({ attribute: false }) data: ChartData | undefined;
  @property({ attribute: false }) runs: readonly ChartRun[] = [];
  /** Draws groups of the runs instead of each: their mean between lowest and highest. */
  @property({ attribute: false }) groups: readonly ChartGroup[] | undefined;
  @property({ attribute: false }) settings: ChartSettings = DEFAULT_CHARTS;
  @property({ attribute: false }) saver: ChartSaver | undefined;
  /** A run that the pointer is over elsewhere. */
  @property({ attribute: false }) highlight: string | undefined;
  /** System metrics, or all others; everything when absent. */
  @property({ attribute: false }) only: Part | undefined;
  @property({ attribute: false }) note: LegendNote | undefined;
  @state() private search = "";
  @state() private over: string | undefined;
  @state() private view = { top: 0, width: 0, height: 0 };
  @state() private zoom = new Map<string, Range>();
  @state() private large: string | undefined;
  @state() private menu: { metric: string; x: number; y: number } | undefined;
  @state() private failure: string | undefined;
  @state() private spoken = "";
  @state() private version = 0;

  private who: Who = { runs: [], groups: undefined };
  private whoText = "";
  private options = new Map<string, ChartOptions>();
  private sections: { of: readonly unknown[]; list: Section[] } = { of: [], list: [] };
  private wanted = "";
  private stopListening: (() => void) | undefined;
  private readonly disposables: { dispose(): void }[] = [];
  private readonly sized = new ResizeObserver(() => {
    this.measure();
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const theme = onThemeChange(() => {
      this.version++;
    });
    this.disposables.push(theme);
    this.sized.observe(this);
    this.listenToData();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const item of this.disposables.splice(0)) item.dispose();
    this.sized.disconnect();
    this.stopListening?.();
    this.stopListening = undefined;
  }

  private listenToData(): void {
    this.stopListening?.();
    this.stopListening = this.data?.listen((grown) => {
      this.requestUpdate();
      if (!grown) {
        this.wanted = "";
        this.version++;
        return;
      }
      for (const chart of this.charts()) if (grown.has(chart.metric)) chart.changed();
    });
  }

  private charts(): Iterable<MetricChart> {
    return this.querySelectorAll<MetricChart>("cairn-metric-chart");
  }

  private chartOf(metric: string): MetricChart | undefined {
    return [...this.charts()].filter((chart) => chart.metric === metric).at(-1);
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("data") && this.isConnected) this.listenToData();
    if (changes.has("runs") || changes.has("groups") || changes.has("settings")) this.takeRuns();
    if (changes.has("settings")) this.takeSettings(changes.get("settings") as ChartSettings | undefined);
  }

  /** The owner makes new lists at each of its updates; charts are drawn again only for other ones. */
  private takeRuns(): void {
    const groups = this.settings.bands ? this.groups : undefined;
    const text = JSON.stringify([this.runs, groups]);
    if (text === this.whoText) return;
    this.whoText = text;
    this.who = { runs: this.runs, groups };
  }

  private takeSettings(before: ChartSettings | undefined): void {
    this.options = new Map();
    if (before && before.x !== this.settings.x) this.zoom = new Map();
  }

  private optionsOf(metric: string): ChartOptions {
    const own = this.settings.own[metric];
    const name = own ? metric : "";
    let found = this.options.get(name);
    if (!found) {
      const { x, logX, logY, smoothing, ignoreOutliers } = { ...this.settings, ...own };
      this.options.set(name, (found = { x, logX, logY, smoothing, ignoreOutliers }));
    }
    return found;
  }

  /** Charts with the same axis share a zoom where that is wished. */
  private zoomName(metric: string): string {
    return this.settings.syncZoom ? `axis ${this.optionsOf(metric).x}` : `of ${metric}`;
  }

  protected override updated(): void {
    this.measure();
    const { view } = this;
    const middle = view.top + view.height / 2;
    const cells = this.sheet()
      .sections.flatMap(({ top, cells }) => cells.map((cell) => ({ key: cell.key, top: top + cell.top })))
      .sort((a, b) => Math.abs(a.top - middle) - Math.abs(b.top - middle));
    const keys = cells.map(({ key }) => key);
    if (this.large !== undefined) keys.unshift(this.large);
    const wanted = keys.join("\n");
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.data?.want(keys);
  }

  private readonly measure = (): void => {
    const scroll = this.querySelector(".chart-scroll");
    if (!scroll) return;
    const { scrollTop: top, clientWidth: width, clientHeight: height } = scroll;
    const { view } = this;
    if (top !== view.top || width !== view.width || height !== view.height)
      this.view = { top, width, height };
  };

  private listed(): Section[] {
    const { data, settings, search, only } = this;
    const keys = data?.store.keys() ?? [];
    const of = [keys, settings.pinned, settings.hidden, settings.toggled, search, only];
    if (!of.every((part, i) => part === this.sections.of[i]))
      this.sections = { of, list: toSections(keys, settings, { search, only }) };
    return this.sections.list;
  }

  /** What is in view, and as much above and below it. */
  private sheet(): Sheet {
    const { top, width, height } = this.view;
    return layoutSheet(this.listed(), width, this.settings.size, top - height, top + 2 * height);
  }

  private change(change: Partial<ChartSettings>): void {
    const detail = { ...this.settings, ...change };
    this.dispatchEvent(new CustomEvent<ChartSettings>("charts-change", { bubbles: true, detail }));
  }

  private readonly onHover = (event: CustomEvent<ChartEvents["chart-hover"]>): void => {
    const source = event.target as MetricChart;
    const { x, spoken } = event.detail;
    for (const chart of this.charts())
      if (chart.options.x === source.options.x) chart.showAt(x, chart === source);
    if (spoken !== undefined) this.spoken = spoken;
  };

  private readonly onZoom = (event: CustomEvent<ChartEvents["chart-zoom"]>): void => {
    const { metric, range } = event.detail;
    const zoom = new Map(this.zoom);
    if (range) zoom.set(this.zoomName(metric), range);
    else zoom.delete(this.zoomName(metric));
    this.zoom = zoom;
  };

  private readonly onOwn = (event: CustomEvent<Partial<ChartOptions> | null>): void => {
    const { large } = this;
    if (large === undefined) return;
    const { [large]: before, ...own } = this.settings.own;
    this.change({ own: event.detail ? { ...own, [large]: { ...before, ...event.detail } } : own });
  };

  private readonly onClose = (): void => {
    const { large } = this;
    this.large = undefined;
    if (large === undefined) return;
    void this.updateComplete.then(() => {
      this.chartOf(large)?.querySelector<HTMLElement>(".chart")?.focus();
    });
  };

  private async act(metric: string, action: ChartAction): Promise<void> {
    if (action === "open") {
      this.large = metric;
      return;
    }
    const chart = this.chartOf(metric);
    if (!chart || !this.saver) return;
    this.failure = undefined;
    try {
      await saveChart(chart, action, this.saver);
    } catch (error) {
      this.failure = `The chart of ${metric} could not be saved. ${toError(error).message}`;
    }
  }

  protected override render(): unknown {
    const { data } = this;
    if (!data) return nothing;
    const sheet = this.sheet();
    return html`${chartBar(
        this.settings,
        { search: this.search, isGrouped: this.groups !== undefined },
        {
          change: (change) => {
            this.change(change);
          },
          search: (text) => {
            this.search = text;
          },
        },
      )}
      ${this.failure ? this.renderFailure(this.failure) : nothing}
      ${data.failure ? this.renderUnloaded(data, data.failure) : nothing} ${this.renderLegend()}
      <div
        class="chart-scroll grow"
        @scroll=${this.measure}
        @chart-hover=${this.onHover}
        @chart-zoom=${this.onZoom}
        @chart-open=${(event: CustomEvent<string>) => {
          this.large = event.detail;
        }}
        @chart-pin=${(event: CustomEvent<string>) => {
          this.change({ pinned: togglePin(this.settings.pinned, event.detail) });
        }}
        @chart-menu=${(event: CustomEvent<ChartEvents["chart-menu"]>) => {
          this.menu = event.detail;
        }}
      >
        <div class="chart-sheet" ${styled({ height: `${sheet.height}px` })}>
          ${repeat(
            sheet.sections,
            ({ section }) => section.name,
            (placed) => this.renderSection(data, placed, sheet.plotHeight),
          )}
        </div>
        ${this.listed().length === 0 ? this.renderNone() : nothing}
        ${this.large === undefined ? nothing : this.renderLarge(data, this.large)}
      </div>
      <div class="sr-only" role="status">${this.spoken}</div>
      ${this.large === undefined ? this.renderMenu() : nothing}`;
  }

  private renderNone(): unknown {
    const text = this.search.trim() === "" ? "All charts are hidden." : `No metric matches “${this.search}”.`;
    return html`<p class="muted chart-none">${text}</p>`;
  }

  private renderFailure(text: string): unknown {
    return banner("error", text, {
      label: "Dismiss",
      onClick: () => {
        this.failure = undefined;
      },
    });
  }

  private renderUnloaded(data: ChartData, failure: Error): unknown {
    return banner("error", `The charts could not be loaded. ${failure.message}`, {
      label: "Try Again",
      onClick: () => void data.reload(),
    });
  }

  private renderLegend(): unknown {
    return chartLegend(this.who.groups ?? this.runs, this.note, (id) => {
      this.over = id;
    });
  }

  private renderSection(
    data: ChartData,
    { section, top, height, cells }: PlacedSection,
    plotHeight: number,
  ): unknown {
    return html`<section
      class="chart-section"
      aria-label=${section.title}
      ${styled({ top: `${top}px`, height: `${height}px` })}
    >
      <button
        class="section-head"
        type="button"
        aria-expanded=${section.open}
        @click=${() => {
          this.toggle(section.name);
        }}
      >
        ${icon(section.open ? "chevron-down" : "chevron-right")}<span class="clip">${section.title}</span>
        <span class="muted">${formatCount(section.keys.length)}</span>
      </button>
      ${repeat(
        cells,
        ({ key }) => key,
        (cell) =>
          html`<cairn-metric-chart
            ${styled({ top: `${cell.top}px`, left: `${cell.left}px`, width: `${cell.width}px` })}
            .metric=${cell.key}
            .label=${labelIn(section, cell.key)}
            .data=${data}
            .who=${this.who}
            .options=${this.optionsOf(cell.key)}
            .zoom=${this.zoom.get(this.zoomName(cell.key))}
            .width=${cell.width}
            .height=${plotHeight}
            .highlight=${this.over ?? this.highlight}
            .pinned=${this.settings.pinned.includes(cell.key)}
            .distance=${this.distance(top + cell.top)}
            .version=${this.version}
          ></cairn-metric-chart>`,
      )}
    </section>`;
  }

  private distance(top: number): number {
    const { view } = this;
    return Math.max(0, view.top - top, top - view.top - view.height);
  }

  private toggle(name: string): void {
    const { toggled } = this.settings;
    this.change({
      toggled: toggled.includes(name) ? toggled.filter((each) => each !== name) : [...toggled, name],
    });
  }

  private renderLarge(data: ChartData, metric: string): unknown {
    return html`<cairn-chart-dialog
      .metric=${metric}
      .data=${data}
      .who=${this.who}
      .options=${this.optionsOf(metric)}
      .isOwn=${this.settings.own[metric] !== undefined}
      .zoom=${this.zoom.get(this.zoomName(metric))}
      .highlight=${this.over ?? this.highlight}
      .version=${this.version}
      .menu=${this.renderMenu()}
      @chart-own=${this.onOwn}
      @chart-close=${this.onClose}
    ></cairn-chart-dialog>`;
  }

  private renderMenu(): unknown {
    if (!this.menu) return nothing;
    const { metric, x, y } = this.menu;
    const items = chartMenu(metric, this.settings, {
      isDrawn: (this.chartOf(metric)?.drawn.length ?? 0) > 0,
      change: (change) => {
        this.change(change);
      },
      act: (action) => void this.act(metric, action),
    });
    return html`<cairn-menu
      .x=${x}
      .y=${y}
      .items=${items}
      @menu-close=${() => {
        this.menu = undefined;
      }}
    ></cairn-menu>`;
  }
}
