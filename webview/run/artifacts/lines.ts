import { LitElement, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { styled } from "../../shared/styled.js";

export const LINE_HEIGHT = 20;
const OVERSCAN = 20;
/** The tallest element that every browser draws, in pixels. */
const MAX_HEIGHT = 15_000_000;

/** A list of lines of one height, drawn as far as they are in view. */
@customElement("cairn-lines")
export class Lines extends LitElement {
  @property({ attribute: false }) count = 0;
  /** One line. Asked anew with each drawing; `version` is raised when the same lines look different. */
  @property({ attribute: false }) line: ((index: number) => unknown) | undefined;
  @property({ attribute: false }) version = 0;
  @property({ attribute: false }) label = "";
  @property({ attribute: false }) numbered = false;
  @query(".lines-scroll") private scroller!: HTMLElement | null;
  private readonly sized = new ResizeObserver(() => {
    this.requestUpdate();
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized.disconnect();
  }

  /** Scrolls so that the line can be seen. */
  reveal(index: number): void {
    const view = this.scroller;
    if (!view) return;
    const top = index * LINE_HEIGHT;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + LINE_HEIGHT > view.scrollTop + view.clientHeight)
      view.scrollTop = top + LINE_HEIGHT - view.clientHeight;
    this.requestUpdate();
  }

  protected override render(): unknown {
    const { line } = this;
    if (!line) return nothing;
    const count = Math.min(this.count, Math.floor(MAX_HEIGHT / LINE_HEIGHT));
    const height = this.clientHeight || 600;
    const top = this.scroller?.scrollTop ?? 0;
    const first = Math.max(0, Math.min(count, Math.floor(top / LINE_HEIGHT)) - OVERSCAN);
    const last = Math.min(count, first + Math.ceil(height / LINE_HEIGHT) + 2 * OVERSCAN);
    const indexes = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
    return html`<div
      class="lines-scroll mono"
      tabindex=${this.label === "" ? -1 : 0}
      role=${this.label === "" ? "presentation" : "region"}
      aria-label=${this.label || nothing}
      @scroll=${() => {
        this.requestUpdate();
      }}
    >
      <div class="lines-all" role="presentation" ${styled({ height: `${count * LINE_HEIGHT}px` })}>
        <div
          class="lines-shown"
          role="presentation"
          ${styled({ transform: `translateY(${first * LINE_HEIGHT}px)` })}
        >
          ${repeat(
            indexes,
            (index) => index,
            (index) => this.renderLine(index, line),
          )}
        </div>
      </div>
    </div>`;
  }

  /** White space shows, so the element holds nothing but the line. */
  private renderLine(index: number, line: (index: number) => unknown): unknown {
    if (!this.numbered) return line(index);
    return html`<div class="text-line">
      <span class="line-number" aria-hidden="true">${index + 1}</span><span>${line(index)}</span>
    </div>`;
  }
}
