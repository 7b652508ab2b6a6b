import { LitElement, css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { iconButton } from "./icon.js";

/** A dialog over the panel, at a point of the page or in its middle; Escape and a click outside close it. Emits `popup-close`. */
@customElement("cairn-popup")
export class Popup extends LitElement {
  @property({ attribute: false }) heading = "";
  @property({ attribute: false }) content: unknown;
  @property({ attribute: false }) at: { x: number; y: number } | undefined;
  @query("dialog") private dialog!: HTMLDialogElement;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
    if (!this.at) return;
    const box = this.dialog.getBoundingClientRect();
    const style = this.dialog.style;
    style.margin = "0";
    style.left = `${Math.max(4, Math.min(this.at.x, window.innerWidth - box.width - 8))}px`;
    style.top = `${Math.max(4, Math.min(this.at.y, window.innerHeight - box.height - 8))}px`;
  }

  protected override render(): unknown {
    return html`<dialog
      class="popup"
      aria-label=${this.heading}
      @close=${this.close}
      @click=${(event: Event) => {
        if (event.target === this.dialog) this.dialog.close();
      }}
    >
      <div class="popup-frame">
        <header class="popup-head">
          <span class="grow clip">${this.heading}</span>
          ${iconButton({
            icon: "close",
            label: "Close",
            onClick: () => {
              this.dialog.close();
            },
          })}
        </header>
        ${this.content}
      </div>
    </dialog>`;
  }

  private readonly close = (): void => {
    this.dispatchEvent(new CustomEvent("popup-close", { bubbles: true }));
  };
}

export const popupStyles = css`
  .popup {
    max-width: calc(100vw - 16px);
    padding: 0;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 5px;
    background: var(--vscode-quickInput-background, var(--vscode-editorWidget-background));
    color: var(--vscode-quickInput-foreground, var(--vscode-foreground));
    box-shadow: 0 2px 10px var(--vscode-widget-shadow);
    font: inherit;
  }
  .popup::backdrop {
    background: transparent;
  }
  .popup-frame {
    display: flex;
    flex-direction: column;
    gap: 6px;
    padding: 6px 8px 8px;
  }
  .popup-head {
    display: flex;
    align-items: center;
    gap: 8px;
    font-weight: 600;
  }
  .popup-foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 6px;
  }
`;
