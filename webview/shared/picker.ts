import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { formatCount } from "./format.js";
import { checkMark } from "./grid/index.js";
import { styled } from "./styled.js";

export interface PickerItem {
  id: string;
  label: string;
  /** Said behind the label. */
  note?: string;
}

export interface PickerSection {
  title: string;
  items: readonly PickerItem[];
}

export interface PickerChange {
  ids: string[];
  checked: boolean;
}

type Line = { section: PickerSection; ids: string[] } | { item: PickerItem };

const LINE_HEIGHT = 22;
const SPARE = 6;

/**
 * A list to tick things off, with a field that narrows it: ten of them or ten thousand. The field keeps the keyboard;
 * arrows move, Enter ticks. A section's own mark ticks all of its items that the field has left, or none.
 * Emits `picker-change` (PickerChange).
 */
@customElement("cairn-picker")
export class Picker extends LitElement {
  @property({ attribute: false }) sections: readonly PickerSection[] = [];
  @property({ attribute: false }) checked: ReadonlySet<string> = new Set();
  @property({ attribute: false }) placeholder = "";
  /** Sections have a mark that ticks all of them. */
  @property({ attribute: false }) all = true;
  @state() private filter = "";
  @state() private active = 0;
  @state() private scrolled = { top: 0, height: 330 };
  @query(".picker-list") private list!: HTMLElement;
  @query("input") private field!: HTMLInputElement;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.scrolled = { top: 0, height: this.list.clientHeight };
    this.field.focus();
  }

  protected override render(): unknown {
    const lines = this.lines();
    const active = Math.min(this.active, lines.length - 1);
    const first = Math.max(0, Math.floor(this.scrolled.top / LINE_HEIGHT) - SPARE);
    const count = Math.ceil(this.scrolled.height / LINE_HEIGHT) + 2 * SPARE;
    return html`<input
        class="input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="picker-list"
        aria-activedescendant=${active < 0 ? nothing : `picker-${active}`}
        aria-label=${this.placeholder}
        placeholder=${this.placeholder}
        .value=${this.filter}
        @input=${(event: InputEvent) => {
          this.filter = (event.target as HTMLInputElement).value;
          this.active = 0;
          this.list.scrollTop = 0;
        }}
        @keydown=${(event: KeyboardEvent) => {
          this.key(event, lines, active);
        }}
      />
      <div
        class="picker-list"
        id="picker-list"
        role="listbox"
        aria-multiselectable="true"
        @scroll=${() => {
          this.scrolled = { top: this.list.scrollTop, height: this.list.clientHeight };
        }}
      >
        <div
          class="picker-lines"
          role="presentation"
          ${styled({ height: `${lines.length * LINE_HEIGHT}px` })}
        >
          ${lines.slice(first, first + count).map((line, i) => this.renderLine(line, first + i, active, lines.length))}
        </div>
        ${lines.length === 0 ? html`<div class="muted picker-none">Nothing is called that.</div>` : nothing}
      </div>`;
  }

  private renderLine(line: Line, index: number, active: number, count: number): unknown {
    const state = this.stateOf(line);
    const isItem = "item" in line;
    const label = isItem ? line.item.label : line.section.title;
    const marked = isItem || this.all;
    return html`<div
      class="picker-line ${isItem ? "" : "section"} ${index === active ? "active" : ""}"
      id="picker-${index}"
      role="option"
      aria-selected=${index === active}
      aria-checked=${marked ? String(state) : nothing}
      aria-setsize=${count}
      aria-posinset=${index + 1}
      title=${label}
      ${styled({ top: `${index * LINE_HEIGHT}px` })}
      @mousedown=${(event: Event) => {
        event.preventDefault();
      }}
      @click=${() => {
        this.active = index;
        this.tick(line);
      }}
    >
      ${marked ? checkMark(state, label) : nothing}<span class="clip">${label}</span>
      <span class="muted picker-note clip"
        >${isItem ? (line.item.note ?? "") : formatCount(line.ids.length)}</span
      >
    </div>`;
  }

  private lines(): Line[] {
    const words = this.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const lines: Line[] = [];
    for (const section of this.sections) {
      const items =
        words.length === 0
          ? section.items
          : section.items.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
      if (items.length === 0) continue;
      lines.push({ section, ids: items.map(({ id }) => id) });
      for (const item of items) lines.push({ item });
    }
    return lines;
  }

  private stateOf(line: Line): boolean | "mixed" {
    if ("item" in line) return this.checked.has(line.item.id);
    const count = line.ids.reduce((sum, id) => sum + (this.checked.has(id) ? 1 : 0), 0);
    return count === line.ids.length ? true : count > 0 ? "mixed" : false;
  }

  private tick(line: Line): void {
    if (!("item" in line) && !this.all) return;
    const ids = "item" in line ? [line.item.id] : line.ids;
    const detail: PickerChange = { ids, checked: this.stateOf(line) !== true };
    this.dispatchEvent(new CustomEvent("picker-change", { detail, bubbles: true }));
  }

  private key(event: KeyboardEvent, lines: Line[], active: number): void {
    const page = Math.max(1, Math.floor(this.scrolled.height / LINE_HEIGHT) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step !== undefined) {
      this.active = Math.max(0, Math.min(lines.length - 1, active + step));
      const top = this.active * LINE_HEIGHT;
      if (top < this.list.scrollTop) this.list.scrollTop = top;
      else if (top + LINE_HEIGHT > this.list.scrollTop + this.scrolled.height) {
        this.list.scrollTop = top + LINE_HEIGHT - this.scrolled.height;
      }
    } else if (event.key === "Enter") {
      const line = lines[active];
      if (line) this.tick(line);
    } else return;
    event.preventDefault();
  }
}

export const pickerStyles = css`
  cairn-picker {
    display: flex;
    flex-direction: column;
    gap: 6px;
    width: min(420px, calc(100vw - 40px));
  }
  .picker-list {
    position: relative;
    height: min(330px, 60vh);
    overflow: hidden auto;
  }
  .picker-lines {
    position: relative;
  }
  .picker-line {
    position: absolute;
    left: 0;
    right: 0;
    display: flex;
    align-items: center;
    gap: 6px;
    height: 22px;
    padding: 0 6px 0 20px;
    border-radius: 3px;
    cursor: pointer;
  }
  .picker-line.section {
    padding-left: 4px;
    font-weight: 600;
  }
  .picker-line:hover {
    background: var(--vscode-list-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .picker-line.active {
    background: var(--vscode-quickInputList-focusBackground, var(--vscode-list-activeSelectionBackground));
    color: var(--vscode-quickInputList-focusForeground, var(--vscode-list-activeSelectionForeground));
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .picker-line.active .muted {
    color: inherit;
  }
  .picker-note {
    margin-left: auto;
    flex: none;
    max-width: 45%;
    font-weight: 400;
  }
  .picker-none {
    padding: 6px;
  }
`;
