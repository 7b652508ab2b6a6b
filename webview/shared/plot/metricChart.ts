import type { PlotRelayoutEvent, PlotlyHTMLElement } from "plotly.js";
import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { DEFAULT_CHARTS, type ChartOptions } from "../../../src/shared/charts.js";
import { iconButton } from "../icon.js";
import { styled } from "../styled.js";
import { readTheme } from "../theme.js";
import { xRange, xText, yRange, type Range } from "./axes.js";
import type { ChartData } from "./chartData.js";
import { MARGIN, chartConfig, chartLayout, scaleX, toValue, zoomed } from "./chartLayout.js";
import { finerSteps } from "./finerSteps.js";
import { drawCurves, summary, type Who } from "./drawCurves.js";
import { queueDraw, unqueueDraw } from "./drawQueue.js";
import { plotly } from "./plotlyGlobal.js";
import { Readout, nearestTo, readAt, readingText, snap, stepFrom, type Reading } from "./readout.js";
import { singleSummary, singleValues, type SingleValue } from "./singleValues.js";
import { notesOf, toTraces, type Drawn } from "./traces.js";

export interface ChartEvents {
  /** The crosshair goes to x, or away. */
  "chart-hover": { x: number | undefined; spoken?: string };
  /** Visible part of the horizontal axis; undefined for everything. */
  "chart-zoom": { metric: string; range: Range | undefined };
  "chart-open": string;
  "chart-menu": { metric: string; x: number; y: number };
  "chart-pin": string;
  drawn: string;
}

/** Shortest time between two drawings of growing curves. */
const REDRAW_MS = 200;
/** After the last zoom, before finer points are asked for. */
const REFINE_MS = 120;
/** Values in the list of the chart that the pointer is over, and of the others. */
const MOST_READ = { here: 30, beside: 6 };

/** One metric of several runs. Draws when it is its turn; the crosshair and the zoom are its owner's. */
@customElement("cairn-metric-chart")
export class MetricChart extends LitElement {
  @property({ attribute: false }) metric = "";
  @property({ attribute: false }) label = "";
  @property({ attribute: false }) data: ChartData | undefined;
  @property({ attribute: false }) who: Who = { runs: [], groups: undefined };
  @property({ attribute: false }) options: ChartOptions = DEFAULT_CHARTS;
  @property({ attribute: false }) zoom: Range | undefined;
  @property({ attribute: false }) width = 0;
  @property({ attribute: false }) height = 0;
  /** Drawn thicker than the others, which fade. */
  @property({ attribute: false }) highlight: string | undefined;
  @property({ attribute: false }) pinned = false;
  @property({ attribute: false }) distance = 0;
  /** Raised when curves must be drawn again: other colours, other runs. */
  @property({ attribute: false }) version = 0;
  /** Without a title of its own. */
  @property({ attribute: false }) large = false;
  @state() private singles: SingleValue[] | undefined;
  @state() private notes: string[] = [];
  @state() private described = "";
  @state() private yZoom: Range | undefined;

  /** What was drawn last, for the crosshair and for export. */
  drawn: Drawn[] = [];
  shown: { x: Range; y: Range } = { x: [0, 1], y: [0, 1] };
  private owners: string[] = [];
  private plot: PlotlyHTMLElement | undefined;
  private readout: Readout | undefined;
  private cursor: number | undefined;
  private pressed = false;
  private lastDraw = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private refineTimer: ReturnType<typeof setTimeout> | undefined;
  private refined = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    clearTimeout(this.refineTimer);
    this.timer = undefined;
    unqueueDraw(this);
    if (this.plot) plotly().purge(this.plot);
    this.plot = undefined;
    this.readout = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.changed();
  }

  /** What was drawn is no longer right; growing curves are drawn five times a second. */
  changed(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.lastDraw + REDRAW_MS - performance.now());
    if (wait === 0) {
      queueDraw(this);
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = undefined;
      queueDraw(this);
    }, wait);
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    const before = changes.get("options") as ChartOptions | undefined;
    if (before && (before.x !== this.options.x || before.logY !== this.options.logY)) this.yZoom = undefined;
  }

  protected override updated(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("highlight")) this.markHighlight();
    if (changes.has("zoom") || changes.has("options")) this.refineSoon();
    const drawing = ["metric", "data", "who", "options", "zoom", "width", "height", "version", "yZoom"];
    if (drawing.some((name) => changes.has(name))) queueDraw(this);
  }

  /** Called by the queue. */
  draw(): void {
    const target = this.querySelector<HTMLElement>(".plot");
    if (!this.isConnected || !target || !this.data || this.width <= 0) return;
    if (this.pressed) {
      // Drawing would end the dragging of a zoom.
      this.changed();
      return;
    }
    const singles = this.singleValues();
    if (singles) {
      this.singles = singles;
      this.described = singleSummary(singles);
      this.emit("drawn", this.metric);
      return;
    }
    this.singles = undefined;
    const view = { columns: this.width, range: this.zoom };
    this.drawn = drawCurves(this.data.store, this.metric, this.who, this.options, view);
    if (this.drawn.length === 0) return;
    this.plotCurves(target);
  }

  private plotCurves(target: HTMLElement): void {
    const lines = this.drawn.flatMap(({ line, band }) =>
      band
        ? [line, { ...line, raw: { x: band.x, y: band.low } }, { ...line, raw: { x: band.x, y: band.high } }]
        : [line],
    );
    const x = this.zoom ?? xRange(lines, this.isLogX);
    const y = this.yZoom ?? yRange(lines, x, this.options);
    this.shown = { x, y };
    this.lastDraw = performance.now();
    const { data, owners } = toTraces(this.drawn, y);
    this.owners = owners;
    this.notes = notesOf(this.drawn);
    this.described = summary(this.drawn);
    const layout = chartLayout(readTheme(), {
      ...this.shown,
      options: this.options,
      width: this.width,
      height: this.height,
    });
    this.refineSoon();
    const isFirst = this.plot === undefined;
    void plotly()
      .react(target, data, layout, chartConfig)
      .then((plot) => {
        if (!this.isConnected) return;
        this.plot = plot;
        if (isFirst) this.listenTo(plot);
        this.markHighlight();
        if (this.cursor !== undefined) this.showAt(this.cursor);
        this.emit("drawn", this.metric);
      });
  }

  /** The values of a metric that every run has logged once; undefined where there is a curve. */
  private singleValues(): SingleValue[] | undefined {
    const store = this.data?.store;
    if (!store || this.who.groups) return undefined;
    const curves = store.of(this.metric);
    const values: SingleValue[] = [];
    for (const { id, name, color } of this.who.runs) {
      const count = store.countOf(this.metric, id);
      if (count === 0) continue;
      const value = curves.get(id)?.triples()[2];
      if (count > 1 || value === undefined) return undefined;
      values.push({ id, name, color, value });
    }
    return values.length > 0 ? values : undefined;
  }

  private get isLogX(): boolean {
    return this.options.logX && this.options.x !== "wall";
  }

  private listenTo(plot: PlotlyHTMLElement): void {
    plot.on("plotly_relayout", (event) => {
      this.onRelayout(event);
    });
    plot.on("plotly_doubleclick", () => {
      this.resetZoom();
    });
  }

  private onRelayout(event: PlotRelayoutEvent): void {
    const x = zoomed(event, "xaxis", this.isLogX);
    const y = zoomed(event, "yaxis", this.options.logY);
    if (y) this.yZoom = y;
    if (x) this.emit("chart-zoom", { metric: this.metric, range: x });
    else if (!y) return;
    this.changed();
  }

  private readonly resetZoom = (): void => {
    this.yZoom = undefined;
    this.emit("chart-zoom", { metric: this.metric, range: undefined });
  };

  /** Asks for the points between those that were fetched, once the zoom rests. */
  private refineSoon(): void {
    clearTimeout(this.refineTimer);
    this.refineTimer = setTimeout(() => void this.refine(), REFINE_MS);
  }

  private async refine(): Promise<void> {
    const { data } = this;
    if (!data || !this.isConnected) return;
    const view = { x: this.options.x, isLogX: this.isLogX, zoom: this.zoom };
    const ranges = finerSteps(data.store.of(this.metric), this.who.runs, view);
    const wanted = JSON.stringify([...ranges]);
    if (wanted === this.refined) return;
    this.refined = wanted;
    if (ranges.size === 0) {
      data.store.dropDetails(this.metric);
      return;
    }
    try {
      await data.refine(this.metric, ranges, 2 * Math.max(1_000, this.width));
    } catch {
      // What is drawn stays right, only coarser; the panel says when the engine is away.
      this.refined = "";
      return;
    }
    if (this.refined === wanted) this.changed();
  }

  private emit<T extends keyof ChartEvents>(type: T, detail: ChartEvents[T]): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }

  /** Shows the crosshair and the values at x; away with it where x is undefined. */
  showAt(x: number | undefined, isSource = false, pointerY?: number): Reading[] {
    this.cursor = x;
    const cross = this.querySelector<HTMLElement>(".crosshair");
    const box = this.querySelector<HTMLElement>(".readout");
    if (!cross || !box) return [];
    this.readout ??= new Readout(box);
    const left = x === undefined ? -1 : scaleX(this.shown.x, this.isLogX, this.width).toPixel(x);
    const isInside = left >= MARGIN.l - 1 && left <= this.width - MARGIN.r + 1;
    const tolerance = (this.shown.x[1] - this.shown.x[0]) * 0.01;
    const readings = x !== undefined && isInside && !this.singles ? readAt(this.drawn, x, tolerance) : [];
    cross.hidden = readings.length === 0;
    if (x === undefined || readings.length === 0) {
      this.readout.hide();
      return [];
    }
    cross.style.left = `${left}px`;
    const near =
      pointerY === undefined
        ? this.highlight
        : nearestTo(
            readings,
            toValue(this.shown.y, this.options.logY, this.height, pointerY),
            this.options.logY,
          );
    const most = isSource || this.large ? MOST_READ.here : MOST_READ.beside;
    box.classList.toggle("source", isSource);
    this.readout.show(readings, xText(x, this.options.x), most, { left, width: this.width }, near);
    return readings;
  }

  /** Classes, not a drawing: the pointer runs over many. */
  private markHighlight(): void {
    const { highlight, owners } = this;
    const isHere = highlight !== undefined && owners.includes(highlight);
    this.querySelectorAll(".scatterlayer > .trace").forEach((trace, i) => {
      trace.classList.toggle("faded", isHere && owners[i] !== highlight);
      trace.classList.toggle("strong", isHere && owners[i] === highlight);
    });
  }

  private readonly onPointer = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const isInside = left >= MARGIN.l && left <= this.width - MARGIN.r && top <= this.height - MARGIN.b;
    if (this.singles || this.pressed) return;
    const x = isInside
      ? snap(this.drawn, scaleX(this.shown.x, this.isLogX, this.width).toX(left))
      : undefined;
    this.emit("chart-hover", { x });
    if (isInside) this.showAt(x, true, top);
  };

  private readonly onLeave = (): void => void this.emit("chart-hover", { x: undefined });

  private readonly onPress = (): void => {
    this.pressed = true;
    const release = (): void => {
      this.pressed = false;
      window.removeEventListener("pointerup", release, true);
      window.removeEventListener("pointercancel", release, true);
    };
    window.addEventListener("pointerup", release, true);
    window.addEventListener("pointercancel", release, true);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) {
      const x = stepFrom(this.drawn, this.cursor, event.shiftKey ? by * 10 : by);
      const readings = x === undefined ? [] : this.showAt(x, true);
      if (x !== undefined) this.emit("chart-hover", { x, spoken: readingText(readings, x, this.options) });
    } else if (event.key === "Enter" && !this.large) this.emit("chart-open", this.metric);
    else if (event.key === "Escape" && this.cursor !== undefined) this.onLeave();
    else if (event.key === "Escape" && (this.zoom || this.yZoom)) this.resetZoom();
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) this.openMenu();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private openMenu(): void {
    const box = this.querySelector(".chart-title")?.getBoundingClientRect();
    if (box) this.emit("chart-menu", { metric: this.metric, x: box.right - 40, y: box.bottom });
  }

  private readonly onMenu = (event: MouseEvent): void => {
    event.preventDefault();
    this.emit("chart-menu", { metric: this.metric, x: event.clientX, y: event.clientY });
  };

  protected override render(): unknown {
    const size = styled({ height: `${this.height}px` });
    return html`<figure
      class="chart"
      tabindex="0"
      role="group"
      aria-label=${`Chart of ${this.metric}`}
      aria-description=${this.described}
      aria-keyshortcuts="ArrowLeft ArrowRight Enter Escape"
      @keydown=${this.onKey}
      @contextmenu=${this.onMenu}
    >
      ${this.large ? nothing : this.renderTitle()}
      <div
        class="plot-box"
        ${size}
        @pointermove=${this.onPointer}
        @pointerleave=${this.onLeave}
        @pointerdown=${this.onPress}
      >
        <div class="plot" ?hidden=${this.singles !== undefined} ${size}></div>
        ${this.singles ? singleValues(this.singles, this.highlight) : nothing}
        <div class="crosshair" hidden></div>
        <div class="readout" hidden aria-hidden="true"></div>
      </div>
    </figure>`;
  }

  private renderTitle(): unknown {
    return html`<figcaption class="chart-title">
      <span class="clip grow" title=${this.metric}>${this.label}</span>
      ${this.notes.map((note) => html`<span class="codicon codicon-info muted" role="img" title=${note} aria-label=${note}></span>`)}
      ${
        this.zoom || this.yZoom
          ? iconButton({ icon: "screen-normal", label: "Reset zoom", onClick: this.resetZoom })
          : nothing
      }
      <span class="chart-tools ${this.pinned ? "has-pin" : ""}">
        ${iconButton({
          icon: this.pinned ? "pinned" : "pin",
          label: this.pinned ? `Unpin ${this.metric}` : `Pin ${this.metric} to the top`,
          onClick: () => {
            this.emit("chart-pin", this.metric);
          },
        })}
        ${iconButton({
          icon: "ellipsis",
          label: `More about ${this.metric}`,
          onClick: () => {
            this.openMenu();
          },
        })}
      </span>
    </figcaption>`;
  }
}
