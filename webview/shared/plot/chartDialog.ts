import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { DEFAULT_CHARTS, type ChartOptions } from "../../../src/shared/charts.js";
import { iconButton } from "../icon.js";
import type { Range } from "./axes.js";
import { optionControls } from "./chartBar.js";
import type { ChartData } from "./chartData.js";
import type { Who } from "./drawCurves.js";
import "./metricChart.js";

/** One chart as large as the panel, with settings of its own. Emits `chart-close`, `chart-own`. */
@customElement("cairn-chart-dialog")
export class ChartDialog extends LitElement {
  @property({ attribute: false }) metric = "";
  @property({ attribute: false }) data: ChartData | undefined;
  @property({ attribute: false }) who: Who = { runs: [], groups: undefined };
  @property({ attribute: false }) options: ChartOptions = DEFAULT_CHARTS;
  /** It has settings of its own. */
  @property({ attribute: false }) isOwn = false;
  @property({ attribute: false }) zoom: Range | undefined;
  @property({ attribute: false }) highlight: string | undefined;
  @property({ attribute: false }) version = 0;
  /** The open menu: what is outside of the dialog cannot be clicked. */
  @property({ attribute: false }) menu: unknown;
  @state() private room = { width: 0, height: 0 };
  private readonly sized = new ResizeObserver(() => {
    this.measure();
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized.disconnect();
  }

  protected override firstUpdated(): void {
    const dialog = this.querySelector("dialog");
    dialog?.showModal();
    const body = this.querySelector(".chart-large");
    if (body) this.sized.observe(body);
    this.measure();
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>(".chart")?.focus();
    });
  }

  private measure(): void {
    const body = this.querySelector(".chart-large");
    if (!body) return;
    const { clientWidth: width, clientHeight: height } = body;
    if (width !== this.room.width || height !== this.room.height) this.room = { width, height };
  }

  private readonly close = (): void => {
    this.dispatchEvent(new CustomEvent("chart-close", { bubbles: true }));
  };

  private openMenu(): void {
    const { right, bottom } = (this.querySelector("header") ?? this).getBoundingClientRect();
    const detail = { metric: this.metric, x: right - 240, y: bottom };
    this.dispatchEvent(new CustomEvent("chart-menu", { bubbles: true, detail }));
  }

  private own(change: Partial<ChartOptions> | null): void {
    this.dispatchEvent(new CustomEvent("chart-own", { bubbles: true, detail: change }));
  }

  protected override render(): unknown {
    return html`<dialog class="chart-dialog" aria-label=${`Chart of ${this.metric}`} @close=${this.close}>
      <header class="chart-bar">
        <strong class="clip grow">${this.metric}</strong>
        ${optionControls(this.options, (change) => {
          this.own(change);
        })}
        ${
          this.isOwn
            ? html`<button
                class="link"
                type="button"
                @click=${() => {
                  this.own(null);
                }}
              >
                As all charts
              </button>`
            : nothing
        }
        ${iconButton({
          icon: "ellipsis",
          label: `More about ${this.metric}`,
          onClick: () => {
            this.openMenu();
          },
        })}
        ${iconButton({ icon: "close", label: "Close", onClick: this.close })}
      </header>
      <div class="chart-large grow">
        <cairn-metric-chart
          .metric=${this.metric}
          .label=${this.metric}
          .data=${this.data}
          .who=${this.who}
          .options=${this.options}
          .zoom=${this.zoom}
          .highlight=${this.highlight}
          .width=${this.room.width}
          .height=${this.room.height}
          .version=${this.version}
          .large=${true}
        ></cairn-metric-chart>
      </div>
      ${this.menu}
    </dialog>`;
  }
}
