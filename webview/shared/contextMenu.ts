import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "./icon.js";

export interface MenuItem {
  label: string;
  disabled?: boolean;
  /** Ticked or not: the item switches something. */
  checked?: boolean;
  /** The keys that do the same. */
  keys?: string;
  /** A line is drawn above. */
  begins?: boolean;
  run: () => void;
}

/** A menu at a point of the page; takes the focus and gives it back. Emits `menu-close`. */
@customElement("cairn-menu")
export class ContextMenu extends LitElement {
  @property({ attribute: false }) items: MenuItem[] = [];
  @property({ attribute: false }) x = 0;
  @property({ attribute: false }) y = 0;
  private returnTo: Element | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("role", "menu");
    this.returnTo = document.activeElement;
    this.addEventListener("keydown", this.onKey);
    document.addEventListener("pointerdown", this.onOutside, true);
    window.addEventListener("blur", this.close);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.onKey);
    document.removeEventListener("pointerdown", this.onOutside, true);
    window.removeEventListener("blur", this.close);
    if (this.returnTo instanceof HTMLElement) this.returnTo.focus();
  }

  protected override firstUpdated(): void {
    const box = this.getBoundingClientRect();
    this.style.left = `${Math.max(0, Math.min(this.x, window.innerWidth - box.width - 4))}px`;
    this.style.top = `${Math.max(0, Math.min(this.y, window.innerHeight - box.height - 4))}px`;
    this.buttons()[0]?.focus();
  }

  protected override render(): unknown {
    return this.items.map(
      (item) =>
        html`<button
          class="menu-item ${item.begins ? "begins" : ""}"
          role=${item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
          aria-checked=${item.checked ?? nothing}
          aria-keyshortcuts=${item.keys ?? nothing}
          type="button"
          ?disabled=${item.disabled ?? false}
          @click=${() => {
            this.close();
            item.run();
          }}
        >
          <span class="menu-check">${item.checked === true ? icon("check") : nothing}</span>
          <span class="grow">${item.label}</span>
          ${item.keys === undefined ? nothing : html`<span class="menu-keys">${item.keys}</span>`}
        </button>`,
    );
  }

  private buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll<HTMLButtonElement>(".menu-item:not(:disabled)")];
  }

  private readonly close = (): void => {
    this.dispatchEvent(new CustomEvent("menu-close", { bubbles: true }));
  };

  private readonly onOutside = (event: Event): void => {
    if (!this.contains(event.target as Node)) this.close();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape" || event.key === "Tab") this.close();
    else if (event.key === "ArrowDown") this.step(1);
    else if (event.key === "ArrowUp") this.step(-1);
    else if (event.key === "Home") this.buttons()[0]?.focus();
    else if (event.key === "End") this.buttons().at(-1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private step(by: number): void {
    const buttons = this.buttons();
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  }
}

export const menuStyles = css`
  cairn-menu {
    position: fixed;
    z-index: 20;
    display: flex;
    flex-direction: column;
    min-width: 160px;
    padding: 4px;
    border: 1px solid var(--vscode-menu-border, var(--vscode-widget-border, transparent));
    border-radius: 5px;
    background: var(--vscode-menu-background);
    color: var(--vscode-menu-foreground);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
  }
  .menu-item {
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 0 12px 0 4px;
    border: 0;
    border-radius: 3px;
    background: none;
    color: inherit;
    font: inherit;
    line-height: 24px;
    text-align: left;
    cursor: pointer;
  }
  .menu-item.begins {
    position: relative;
    margin-top: 9px;
  }
  .menu-item.begins::before {
    content: "";
    position: absolute;
    top: -5px;
    left: 0;
    right: 0;
    border-top: 1px solid var(--vscode-menu-separatorBackground, var(--vscode-menu-border));
  }
  .menu-check {
    display: inline-flex;
    width: 16px;
  }
  .menu-keys {
    margin-left: 24px;
    opacity: 0.75;
  }
  .menu-item:hover:not(:disabled),
  .menu-item:focus-visible {
    background: var(--vscode-menu-selectionBackground);
    color: var(--vscode-menu-selectionForeground);
    outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
  }
  .menu-item:disabled {
    opacity: 0.5;
    cursor: default;
  }
`;
