import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { formatCount } from "../../shared/format.js";
import { icon } from "../../shared/icon.js";
import { styled } from "../../shared/styled.js";
import "./lines.js";
import type { Lines } from "./lines.js";

/** Objects and arrays with no more members than this are open at first, two levels deep. */
const OPEN_MEMBERS = 100;
const OPEN_DEPTH = 2;
const MAX_TEXT = 1_000;

interface Row {
  key: string | undefined;
  value: unknown;
  depth: number;
}

type Container = Record<string, unknown> | unknown[];

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function entriesOf(container: Container): [string, unknown][] {
  return Array.isArray(container)
    ? container.map((value, i) => [String(i), value])
    : Object.entries(container);
}

/** A JSON value as a tree that folds. */
@customElement("cairn-json")
export class JsonTree extends LitElement {
  @property({ attribute: false }) value: unknown;
  @state() private open = new Set<Container>();
  @state() private active = 0;
  @query("cairn-lines") private lines!: Lines | null;
  private rows: Row[] = [];
  private version = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("value")) {
      this.open = new Set();
      this.active = 0;
      this.openFirst(this.value, 0);
    }
    if (changes.has("value") || changes.has("open")) this.rows = this.flatten();
    this.version++;
  }

  private openFirst(value: unknown, depth: number): void {
    if (!isContainer(value) || depth >= OPEN_DEPTH) return;
    const entries = entriesOf(value);
    if (depth > 0 && entries.length > OPEN_MEMBERS) return;
    this.open.add(value);
    for (const [, member] of entries.slice(0, OPEN_MEMBERS)) this.openFirst(member, depth + 1);
  }

  /** Without recursion: a document may be nested as deeply as it likes. */
  private flatten(): Row[] {
    const rows: Row[] = [];
    const waiting: Row[] = [{ key: undefined, value: this.value, depth: 0 }];
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      rows.push(row);
      const { value, depth } = row;
      if (!isContainer(value) || !this.open.has(value)) continue;
      const members = entriesOf(value);
      for (let i = members.length - 1; i >= 0; i--) {
        const [key, member] = members[i] ?? ["", undefined];
        waiting.push({ key, value: member, depth: depth + 1 });
      }
    }
    return rows;
  }

  private toggle(value: unknown, open?: boolean): void {
    if (!isContainer(value)) return;
    const next = new Set(this.open);
    if (open ?? !next.has(value)) next.add(value);
    else next.delete(value);
    this.open = next;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const row = this.rows[this.active];
    const last = this.rows.length - 1;
    const isOpen = row && isContainer(row.value) && this.open.has(row.value);
    if (event.key === "ArrowDown") this.active = Math.min(last, this.active + 1);
    else if (event.key === "ArrowUp") this.active = Math.max(0, this.active - 1);
    else if (event.key === "PageDown") this.active = Math.min(last, this.active + 20);
    else if (event.key === "PageUp") this.active = Math.max(0, this.active - 20);
    else if (event.key === "Home") this.active = 0;
    else if (event.key === "End") this.active = last;
    else if (event.key === "ArrowRight" && !isOpen) this.toggle(row?.value, true);
    else if (event.key === "ArrowRight") this.active = Math.min(last, this.active + 1);
    else if (event.key === "ArrowLeft" && isOpen) this.toggle(row.value, false);
    else if (event.key === "ArrowLeft") this.active = this.parentOf(this.active);
    else if (event.key === "Enter" || event.key === " ") this.toggle(row?.value);
    else return;
    event.preventDefault();
    void this.updateComplete.then(() => this.lines?.reveal(this.active));
  };

  private parentOf(index: number): number {
    const depth = this.rows[index]?.depth ?? 0;
    for (let i = index - 1; i >= 0; i--) if ((this.rows[i]?.depth ?? 0) < depth) return i;
    return index;
  }

  protected override render(): unknown {
    return html`<div
      class="json-tree"
      role="tree"
      tabindex="0"
      aria-label="JSON"
      aria-activedescendant=${`json-${this.active}`}
      @keydown=${this.onKey}
    >
      <cairn-lines .count=${this.rows.length} .line=${this.renderRow} .version=${this.version}></cairn-lines>
    </div>`;
  }

  private readonly renderRow = (index: number): unknown => {
    const row = this.rows[index];
    if (!row) return nothing;
    const { key, value, depth } = row;
    const folds = isContainer(value);
    const open = folds && this.open.has(value);
    return html`<div
      id=${`json-${index}`}
      class="json-row ${index === this.active ? "active" : ""}"
      role="treeitem"
      aria-level=${depth + 1}
      aria-expanded=${folds ? String(open) : nothing}
      ${styled({ paddingLeft: `${8 + Math.min(depth, 200) * 14}px` })}
      @click=${() => {
        this.active = index;
        this.toggle(value);
      }}
    >
      ${folds ? icon(open ? "chevron-down" : "chevron-right") : html`<span class="tree-gap"></span>`}
      ${key === undefined ? nothing : html`<span class="json-key">${key}:</span>`} ${preview(value, open)}
    </div>`;
  };
}

function preview(value: unknown, open: boolean): unknown {
  if (isContainer(value)) {
    const count = Array.isArray(value) ? value.length : Object.keys(value).length;
    const [from, to] = Array.isArray(value) ? "[]" : "{}";
    if (count === 0) return html`<span class="muted">${from}${to}</span>`;
    return html`<span class="muted">${from}${open ? formatCount(count) : "…"}${to}</span>`;
  }
  const text = JSON.stringify(value) ?? "";
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return html`<span class="clip json-${value === null ? "null" : typeof value}" title=${short}
    >${short}</span
  >`;
}
