import type { Data, PlotRelayoutEvent, PlotlyHTMLElement } from "plotly.js";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatNumber } from "../format.js";
import { iconButton } from "../icon.js";
import { onThemeChange, readTheme } from "../theme.js";
import { chartConfig, chartLayout } from "./chartLayout.js";
import { toLine, type CurvePoints, type XAxis } from "./curve.js";
import { plotly } from "./plotlyGlobal.js";

export interface ChartTrace {
  id: string;
  name: string;
  color: string;
  curve: CurvePoints;
}

/** Shortest time between two drawings of growing curves. */
const REDRAW_MS = 200;
const HEIGHT = 210;

/** One metric of several runs. Drawn only while in view; follows the theme, its width and growing curves. */
@customElement("cairn-metric-chart")
export class MetricChart extends LitElement {
  @property({ attribute: false }) metric = "";
  @property({ attribute: false }) label = "";
  @property({ attribute: false }) traces: ChartTrace[] = [];
  @property({ attribute: false }) axis: XAxis = "step";
  @property({ attribute: false }) logY = false;
  /** Drawn thicker than the others. */
  @property({ attribute: false }) highlight: string | undefined;
  @state() private zoomed = false;

  private range: [number, number] | undefined;
  private inView = false;
  private dirty = true;
  private revision = 0;
  private lastDraw = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private plot: PlotlyHTMLElement | undefined;
  private width = 0;
  private readonly disposables: { dispose(): void }[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const seen = new IntersectionObserver(
      (entries) => {
        this.inView = entries.some((entry) => entry.isIntersecting);
        if (this.inView && this.dirty) this.schedule();
      },
      { rootMargin: "160px" },
    );
    seen.observe(this);
    const sized = new ResizeObserver(() => {
      if (this.clientWidth !== this.width) this.changed();
    });
    sized.observe(this);
    const theme = onThemeChange(() => {
      this.changed();
    });
    this.disposables.push(theme, {
      dispose: () => {
        seen.disconnect();
        sized.disconnect();
      },
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const item of this.disposables.splice(0)) item.dispose();
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.plot) plotly().purge(this.plot);
    this.plot = undefined;
    this.dirty = true;
  }

  /** The curves have grown in place. */
  changed(): void {
    this.dirty = true;
    if (this.inView) this.schedule();
  }

  protected override updated(changes: Map<PropertyKey, unknown>): void {
    if (changes.size === 1 && changes.has("zoomed")) return;
    if (changes.has("axis") || changes.has("logY")) this.forgetZoom();
    this.dirty = true;
    if (this.inView) this.schedule();
  }

  private forgetZoom(): void {
    this.range = undefined;
    this.zoomed = false;
    this.revision++;
  }

  private schedule(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.lastDraw + REDRAW_MS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.isConnected) this.draw();
    }, wait);
  }

  private draw(): void {
    const target = this.querySelector<HTMLElement>(".plot");
    if (!target || target.clientWidth === 0) return;
    this.lastDraw = performance.now();
    this.dirty = false;
    this.width = this.clientWidth;
    const data = this.traces.map((trace) => this.toPlotTrace(trace, target.clientWidth));
    const view = { axis: this.axis, logY: this.logY, height: HEIGHT, revision: String(this.revision) };
    const layout = { ...chartLayout(readTheme(), view), width: target.clientWidth };
    const first = this.plot === undefined;
    void plotly()
      .react(target, data, layout, chartConfig)
      .then((plot) => {
        this.plot = plot;
        if (first)
          plot.on("plotly_relayout", (event) => {
            this.onRelayout(event);
          });
        this.dispatchEvent(new CustomEvent("drawn", { bubbles: true, detail: this.metric }));
      });
  }

  private toPlotTrace(trace: ChartTrace, columns: number): Data {
    const { x, y } = toLine(trace.curve, this.axis, columns, this.range);
    const alone = x.length === 1;
    return {
      type: "scatter",
      mode: alone ? "markers" : "lines",
      name: trace.name,
      x,
      y,
      connectgaps: false,
      line: { color: trace.color, width: this.highlight === trace.id ? 3 : 1.5 },
      marker: { color: trace.color, size: 6 },
      opacity: this.highlight === undefined || this.highlight === trace.id ? 1 : 0.35,
      ...(alone ? {} : { meta: trace.id }),
    };
  }

  private onRelayout(event: PlotRelayoutEvent): void {
    const low = event["xaxis.range[0]"];
    const high = event["xaxis.range[1]"];
    if (typeof low === "number" && typeof high === "number") {
      this.range = [low, high];
      this.zoomed = true;
    } else if (event["xaxis.autorange"]) {
      this.range = undefined;
      this.zoomed = false;
    } else return;
    this.changed();
  }

  private readonly resetZoom = (): void => {
    this.forgetZoom();
    this.changed();
  };

  protected override render(): unknown {
    return html`<figure class="chart" aria-label=${this.describe()}>
      <figcaption class="chart-title">
        <span class="clip" title=${this.metric}>${this.label}</span>
        ${
          this.zoomed
            ? iconButton({ icon: "screen-normal", label: "Reset zoom", onClick: this.resetZoom })
            : nothing
        }
      </figcaption>
      <div class="plot"></div>
    </figure>`;
  }

  private describe(): string {
    const latest = this.traces.slice(0, 5).map(({ name, curve }) => {
      const triples = curve.triples();
      return `${name} ${formatNumber(triples[triples.length - 1] ?? Number.NaN)}`;
    });
    return `${this.metric}, latest values: ${latest.join(", ")}`;
  }
}
