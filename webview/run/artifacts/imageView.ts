import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { iconButton } from "../../shared/icon.js";
import { emptyState } from "../../shared/states.js";
import { styled } from "../../shared/styled.js";
import type { StepImage } from "./stepImages.js";

const FACTOR = 1.25;
const SMALLEST = 0.05;
const LARGEST = 40;
/** Pixels of a picture that is too small to be seen as it is, and how large it is drawn at first. */
const TINY = 64;
const SHOWN_TINY = 256;

/** A picture that can be made larger and smaller, with a slider over the steps that it was logged at. */
@customElement("cairn-image")
export class ImageView extends LitElement {
  @property({ attribute: false }) source: Blob | undefined;
  @property({ attribute: false }) name = "";
  @property({ attribute: false }) steps: StepImage[] = [];
  @property({ attribute: false }) path = "";
  @property({ attribute: false }) choose: ((path: string) => void) | undefined;
  /** Pixels of the screen a pixel of the picture; undefined fits it in. Kept from step to step. */
  @state() private zoom: number | undefined;
  @state() private size: { width: number; height: number } | undefined;
  @state() private broken = false;
  private url = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (!changes.has("source")) return;
    this.release();
    this.broken = false;
    if (this.source) this.url = URL.createObjectURL(this.source);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release();
  }

  private release(): void {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = "";
  }

  private readonly scale = (factor: number): void => {
    this.zoom = Math.min(LARGEST, Math.max(SMALLEST, (this.zoom ?? this.fitted()) * factor));
  };

  /** The scale at which the picture is drawn when it is fitted in. */
  private fitted(): number {
    const drawn = this.querySelector("img")?.getBoundingClientRect().width ?? 0;
    return this.size && drawn > 0 ? drawn / this.size.width : 1;
  }

  private readonly onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.scale(event.deltaY < 0 ? FACTOR : 1 / FACTOR);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "+" || event.key === "=") this.scale(FACTOR);
    else if (event.key === "-") this.scale(1 / FACTOR);
    else if (event.key === "0") this.zoom = undefined;
    else if (event.key === "1") this.zoom = 1;
    else return;
    event.preventDefault();
  };

  protected override render(): unknown {
    if (this.broken)
      return html`${this.renderBar()}
      ${emptyState({
        icon: "file-media",
        title: "This image cannot be shown",
        text: "The file is broken, cut off, or not of the type that its name says.",
      })}`;
    const { zoom, size } = this;
    const style: Record<string, string> =
      zoom !== undefined && size
        ? { width: `${size.width * zoom}px`, height: `${size.height * zoom}px` }
        : {};
    return html`${this.renderBar()}
      <div
        class="image-scroll grow"
        tabindex="0"
        role="region"
        aria-label="Image; plus and minus change its size, 0 fits it in"
        @wheel=${this.onWheel}
        @keydown=${this.onKey}
      >
        <img
          class=${zoom === undefined ? "fitted" : zoom >= 2 ? "large" : ""}
          alt=${this.name}
          src=${this.url || nothing}
          draggable="false"
          ${styled(style)}
          @load=${(event: Event) => {
            const { naturalWidth: width, naturalHeight: height } = event.target as HTMLImageElement;
            const largest = Math.max(width, height);
            // Digits of 28 pixels are what many train on.
            if (!this.size && largest <= TINY) this.zoom = Math.floor(SHOWN_TINY / Math.max(1, largest));
            this.size = { width, height };
          }}
          @error=${() => {
            this.broken = true;
          }}
        />
      </div>`;
  }

  private renderBar(): unknown {
    const { size, zoom } = this;
    const scale = zoom === undefined ? "fitted" : `${Math.round(zoom * 100)}%`;
    return html`<div class="tab-bar" role="toolbar" aria-label="Image">
      ${this.renderSteps()}
      <span class="muted clip grow" role="status"
        >${size ? `${size.width} × ${size.height}, ${scale}` : ""}</span
      >
      ${iconButton({
        icon: "zoom-out",
        label: "Smaller (-)",
        onClick: () => {
          this.scale(1 / FACTOR);
        },
      })}
      ${iconButton({
        icon: "zoom-in",
        label: "Larger (+)",
        onClick: () => {
          this.scale(FACTOR);
        },
      })}
      ${iconButton({
        icon: "screen-full",
        label: "Fit in (0)",
        pressed: zoom === undefined,
        onClick: () => {
          this.zoom = undefined;
        },
      })}
    </div>`;
  }

  private renderSteps(): unknown {
    const { steps } = this;
    if (steps.length === 0) return nothing;
    const at = Math.max(
      0,
      steps.findIndex(({ path }) => path === this.path),
    );
    const step = steps[at]?.step ?? 0;
    return html`<label class="step-slider"
      ><span class="muted">Step</span>
      <input
        type="range"
        min="0"
        max=${steps.length - 1}
        step="1"
        .value=${String(at)}
        aria-label="Step"
        aria-valuetext=${`Step ${step}, ${at + 1} of ${steps.length}`}
        @input=${(event: InputEvent) => {
          const chosen = steps[Number((event.target as HTMLInputElement).value)];
          if (chosen) this.choose?.(chosen.path);
        }}
      />
      <span class="number">${step}</span><span class="muted">${at + 1} of ${steps.length}</span></label
    >`;
  }
}
