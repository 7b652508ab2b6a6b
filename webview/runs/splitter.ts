import { LitElement, html } from "lit";
import { customElement, property } from "lit/decorators.js";

const STEP = 0.02;
const MIN = 0.15;
const MAX = 0.85;

/** A sash between two panes. Emits `split` with the first pane's share, 0 to 1. */
@customElement("cairn-splitter")
export class Splitter extends LitElement {
  @property({ attribute: false }) share = 0.5;
  @property({ attribute: false }) stacked = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("role", "separator");
    this.setAttribute("aria-label", "Resize table and charts");
    this.tabIndex = 0;
    this.addEventListener("pointerdown", this.onDown);
    this.addEventListener("keydown", this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("pointerdown", this.onDown);
    this.removeEventListener("keydown", this.onKey);
  }

  protected override updated(): void {
    this.setAttribute("aria-orientation", this.stacked ? "horizontal" : "vertical");
    this.setAttribute("aria-valuenow", String(Math.round(this.share * 100)));
    this.setAttribute("aria-valuemin", String(MIN * 100));
    this.setAttribute("aria-valuemax", String(MAX * 100));
  }

  protected override render(): unknown {
    return html``;
  }

  private emit(share: number): void {
    const clamped = Math.min(MAX, Math.max(MIN, share));
    this.dispatchEvent(new CustomEvent("split", { detail: clamped, bubbles: true }));
  }

  private readonly onDown = (down: PointerEvent): void => {
    const parent = this.parentElement;
    if (!parent) return;
    down.preventDefault();
    this.setPointerCapture(down.pointerId);
    const box = parent.getBoundingClientRect();
    const move = (event: PointerEvent): void => {
      this.emit(
        this.stacked ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width,
      );
    };
    const end = (): void => {
      this.removeEventListener("pointermove", move);
      this.removeEventListener("lostpointercapture", end);
    };
    this.addEventListener("pointermove", move);
    this.addEventListener("lostpointercapture", end);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowLeft: -STEP,
      ArrowUp: -STEP,
      ArrowRight: STEP,
      ArrowDown: STEP,
    };
    const step = steps[event.key];
    if (step === undefined && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    this.emit(event.key === "Home" ? MIN : event.key === "End" ? MAX : this.share + (step ?? 0));
  };
}
