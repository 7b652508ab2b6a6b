import { LitElement, html } from "lit";
import { customElement, property } from "lit/decorators.js";

/** A run's colour, set through the object model because the content security policy refuses style attributes. */
@customElement("cairn-swatch")
export class Swatch extends LitElement {
  @property({ attribute: false }) color = "";

  protected override createRenderRoot(): HTMLElement {
    this.className = "swatch";
    this.setAttribute("aria-hidden", "true");
    return this;
  }

  protected override updated(): void {
    this.style.backgroundColor = this.color;
  }

  protected override render(): unknown {
    return html``;
  }
}
