import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { styled } from "../styled.js";
import type { VirtualItem } from "@tanstack/virtual-core";
import { icon } from "../icon.js";
import { clampWidth, layoutColumns, type ColumnLayout } from "./columnLayout.js";
import { ColumnSheet } from "./columnSheet.js";
import { moveCell } from "./keyboard.js";
import { dragWidth } from "./resizeColumn.js";
import { select, toggleAll, type Selection, type SelectionMode } from "./selection.js";
import type { GridCell, GridColumn, GridSort } from "./types.js";
import { GridVirtualizers, ROW_HEIGHT, type GridRange } from "./virtualizers.js";

export const HEADER_HEIGHT = 36;
/** Below this width only the first column stays in place. */
const NARROW_WIDTH = 520;
const RESIZE_STEP = 16;

/**
 * A table of any size, after the ARIA grid pattern: rows and columns are drawn as far as they are in view.
 * Events: `grid-select` (Selection), `grid-open` (row id), `grid-sort` (GridSort or null), `grid-menu` ({ id, x, y }).
 */
@customElement("cairn-grid")
export class VirtualGrid extends LitElement {
  /** As shown: filtered and sorted by the owner. */
  @property({ attribute: false }) rows: readonly unknown[] = [];
  @property({ attribute: false }) columns: readonly GridColumn<unknown>[] = [];
  @property({ attribute: false }) rowId: (row: unknown) => string = String;
  @property({ attribute: false }) selection: Selection = { ids: new Set(), anchor: undefined };
  @property({ attribute: false }) sort: GridSort | null = null;
  @property({ attribute: false }) label = "";
  @state() private active: GridCell = { row: 0, column: 1 };
  @state() private focused = false;

  private readonly sheet = new ColumnSheet();
  private readonly resized = new Map<string, number>();
  private virtualizers: GridVirtualizers | undefined;
  private layout: ColumnLayout = layoutColumns([], new Map(), false);
  private ids: string[] = [];
  private pool = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sheet.attach();
    this.setAttribute("role", "grid");
    this.tabIndex = 0;
    this.classList.add(this.sheet.scope);
    this.virtualizers = new GridVirtualizers(this, () => {
      this.requestUpdate();
    });
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("focus", this.onFocus);
    this.addEventListener("blur", this.onFocus);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sheet.detach();
    this.virtualizers?.dispose();
    this.virtualizers = undefined;
    this.removeEventListener("keydown", this.onKey);
    this.removeEventListener("focus", this.onFocus);
    this.removeEventListener("blur", this.onFocus);
  }

  /** Scrolls so that the row can be seen, and makes it the active one. */
  reveal(id: string): void {
    const row = this.ids.indexOf(id);
    if (row >= 0) this.activate({ row, column: this.active.column });
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("rows")) this.ids = this.rows.map((row) => this.rowId(row));
    const narrow = this.clientWidth > 0 && this.clientWidth < NARROW_WIDTH;
    this.layout = layoutColumns(this.columns, this.resized, narrow);
    this.sheet.update(this.layout);
  }

  protected override updated(): void {
    this.setAttribute("aria-label", this.label);
    this.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.setAttribute("aria-colcount", String(this.columns.length));
    this.setAttribute("aria-multiselectable", "true");
    this.setAttribute("aria-activedescendant", this.cellId(this.active.row, this.active.column));
  }

  protected override render(): unknown {
    const { pinned, pinnedWidth, widths } = this.layout;
    const range = this.virtualizers?.update(this.rows.length, widths.slice(pinned), pinnedWidth);
    if (!range) return nothing;
    return html`<div class="grid-head" role="row" aria-rowindex="1">${this.renderHead(range)}</div>
      <div class="grid-body" role="rowgroup" ${styled({ height: `${range.height}px` })}>
        ${this.slots(range).map((item) => (item ? this.renderRow(item, range) : nothing))}
      </div>`;
  }

  /**
   * Rows to draw, each always in the same place of the list: a scroll by a few rows changes only as many, and a jump
   * fills the elements anew instead of making others. Their order is in aria-rowindex.
   */
  private slots(range: GridRange): (VirtualItem | undefined)[] {
    this.pool = Math.max(this.pool, range.rows.length);
    const slots = Array.from<VirtualItem | undefined>({ length: this.pool });
    for (const item of range.rows) slots[item.index % this.pool] = item;
    return slots;
  }

  /** Indexes of the columns to draw, and the width that stands for those skipped before them. */
  private visible(range: GridRange): { indexes: number[]; gap: number } {
    const { pinned, pinnedWidth } = this.layout;
    const indexes = Array.from({ length: pinned }, (_, i) => i);
    const first = range.columns[0];
    for (const item of range.columns) indexes.push(item.index + pinned);
    return { indexes, gap: first ? first.start - pinnedWidth : 0 };
  }

  private renderCells(range: GridRange, cell: (index: number) => unknown): unknown {
    const { indexes, gap } = this.visible(range);
    const { pinned } = this.layout;
    return html`${indexes.slice(0, pinned).map(cell)}
      <div class="grid-gap" role="presentation" ${styled({ width: `${gap}px` })}></div>
      ${repeat(indexes.slice(pinned), (index) => index, cell)}`;
  }

  private renderHead(range: GridRange): unknown {
    return this.renderCells(range, (index) => {
      const column = this.columns[index];
      if (!column) return nothing;
      const sorted = this.sort?.column === column.id ? this.sort : undefined;
      const direction = sorted ? (sorted.descending ? "descending" : "ascending") : "none";
      return html`<div
        class="grid-cell col-${index} ${column.align ?? ""} ${this.activeClass(-1, index)}"
        id=${this.cellId(-1, index)}
        role="columnheader"
        aria-colindex=${index + 1}
        aria-sort=${direction}
        title=${column.group ? `${column.group}: ${column.title}` : column.title}
        @click=${() => {
          this.headClick(index);
        }}
      >
        ${
          index === 0
            ? this.renderCheck(this.allSelected(), "Select all rows")
            : html`<span class="grid-titles">
                  <span class="grid-group clip">${column.group ?? ""}</span>
                  <span class="grid-title"
                    ><span class="clip">${column.title}</span>
                    ${sorted ? icon(sorted.descending ? "arrow-down" : "arrow-up") : nothing}</span
                  >
                </span>
                <div
                  class="grid-resize"
                  @pointerdown=${(event: PointerEvent) => {
                    this.startResize(event, index);
                  }}
                  @click=${(event: Event) => {
                    event.stopPropagation();
                  }}
                ></div>`
        }
      </div>`;
    });
  }

  private renderRow(item: VirtualItem, range: GridRange): unknown {
    const row = this.rows[item.index];
    const id = this.ids[item.index];
    if (row === undefined || id === undefined) return nothing;
    const selected = this.selection.ids.has(id);
    return html`<div
      class="grid-row ${selected ? "selected" : ""} ${this.focused && this.active.row === item.index ? "active" : ""}"
      role="row"
      aria-rowindex=${item.index + 2}
      aria-selected=${selected}
      ${styled({ transform: `translateY(${item.start}px)` })}
      @click=${(event: MouseEvent) => {
        this.rowClick(event, item.index);
      }}
      @dblclick=${() => {
        this.emit("grid-open", id);
      }}
      @contextmenu=${(event: MouseEvent) => {
        this.menu(event, item.index);
      }}
    >
      ${this.renderCells(range, (index) => this.renderCell(row, selected, item.index, index))}
    </div>`;
  }

  private renderCell(row: unknown, selected: boolean, rowIndex: number, index: number): unknown {
    const column = this.columns[index];
    if (!column) return nothing;
    const text = column.text(row);
    const content =
      index === 0 ? this.renderCheck(selected, `Select ${text}`) : (column.render?.(row) ?? text);
    return html`<div
      class="grid-cell col-${index} ${column.align ?? ""} ${this.activeClass(rowIndex, index)}"
      id=${this.cellId(rowIndex, index)}
      role="gridcell"
      aria-colindex=${index + 1}
      title=${index === 0 ? nothing : text}
    >
      ${content}
    </div>`;
  }

  private renderCheck(checked: boolean | "mixed", label: string): unknown {
    const classes = checked === true ? "checked" : checked === "mixed" ? "mixed" : "";
    return html`<span
      class="grid-check ${classes}"
      role="checkbox"
      aria-checked=${checked}
      aria-label=${label}
    >
      ${checked === true ? icon("check") : nothing}
    </span>`;
  }

  private allSelected(): boolean | "mixed" {
    const { ids } = this.selection;
    if (ids.size === 0 || this.ids.length === 0) return false;
    if (ids.size >= this.ids.length && this.ids.every((id) => ids.has(id))) return true;
    return "mixed";
  }

  private cellId(row: number, column: number): string {
    return `${this.sheet.scope}-${row + 1}-${column}`;
  }

  private activeClass(row: number, column: number): string {
    return this.focused && this.active.row === row && this.active.column === column ? "active" : "";
  }

  private emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  private change(selection: Selection): void {
    this.emit("grid-select", selection);
  }

  private selectRow(index: number, mode: SelectionMode): void {
    const id = this.ids[index];
    if (id !== undefined) this.change(select(this.selection, this.ids, id, mode));
  }

  private headClick(index: number): void {
    this.active = { row: -1, column: index };
    if (index === 0) this.change(toggleAll(this.selection, this.ids));
    else this.sortBy(index);
  }

  private sortBy(index: number): void {
    const column = this.columns[index];
    if (!column) return;
    const { sort } = this;
    if (sort?.column !== column.id) this.emit("grid-sort", { column: column.id, descending: false });
    else this.emit("grid-sort", sort.descending ? null : { column: column.id, descending: true });
  }

  private rowClick(event: MouseEvent, index: number): void {
    const cell = (event.target as Element).closest<HTMLElement>("[role=gridcell]");
    const column = Number(cell?.getAttribute("aria-colindex") ?? 1) - 1;
    this.active = { row: index, column };
    const toggles = column === 0 || event.ctrlKey || event.metaKey;
    this.selectRow(index, event.shiftKey ? "range" : toggles ? "toggle" : "only");
  }

  private menu(event: MouseEvent, index: number): void {
    event.preventDefault();
    const id = this.ids[index];
    if (id === undefined) return;
    if (!this.selection.ids.has(id)) this.selectRow(index, "only");
    this.active = { row: index, column: this.active.column };
    this.emit("grid-menu", { id, x: event.clientX, y: event.clientY });
  }

  private startResize(event: PointerEvent, index: number): void {
    dragWidth(event, this.layout.widths[index] ?? 0, (width) => {
      this.resize(index, width);
    });
  }

  private resize(index: number, width: number): void {
    const column = this.columns[index];
    if (!column || index === 0) return;
    this.resized.set(column.id, clampWidth(width));
    this.requestUpdate();
  }

  private activate(cell: GridCell): void {
    this.active = cell;
    const top = cell.row * ROW_HEIGHT;
    const view = this.clientHeight - HEADER_HEIGHT;
    if (cell.row >= 0) {
      if (top < this.scrollTop) this.scrollTop = top;
      else if (top + ROW_HEIGHT > this.scrollTop + view) this.scrollTop = top + ROW_HEIGHT - view;
    }
    const { pinned, pinnedWidth, starts, widths } = this.layout;
    if (cell.column < pinned) return;
    const left = starts[cell.column] ?? 0;
    const right = left + (widths[cell.column] ?? 0);
    if (left - pinnedWidth < this.scrollLeft) this.scrollLeft = left - pinnedWidth;
    else if (right > this.scrollLeft + this.clientWidth) this.scrollLeft = right - this.clientWidth;
  }

  private readonly onFocus = (event: FocusEvent): void => {
    this.focused = event.type === "focus" && this.matches(":focus-visible");
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (this.command(event)) {
      event.preventDefault();
      this.focused = true;
    }
  };

  private command(event: KeyboardEvent): boolean {
    const { key, shiftKey, altKey } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    const { row, column } = this.active;
    const id = this.ids[row];
    if (altKey && row === -1 && (key === "ArrowLeft" || key === "ArrowRight")) {
      const step = key === "ArrowLeft" ? -RESIZE_STEP : RESIZE_STEP;
      this.resize(column, (this.layout.widths[column] ?? 0) + step);
      return true;
    }
    if (ctrl && key.toLowerCase() === "a") {
      this.change({ ids: new Set(this.ids), anchor: this.selection.anchor });
      return true;
    }
    if (key === "Enter" || key === " ") {
      if (row === -1) this.headClick(column);
      else if (key === " ") this.selectRow(row, shiftKey ? "range" : "toggle");
      else if (id !== undefined) this.emit("grid-open", id);
      return true;
    }
    if (id !== undefined && (key === "ContextMenu" || (shiftKey && key === "F10"))) {
      const box = this.querySelector(`#${this.cellId(row, column)}`)?.getBoundingClientRect();
      this.emit("grid-menu", { id, x: box?.left ?? 0, y: box?.bottom ?? 0 });
      return true;
    }
    if (altKey) return false;
    const page = Math.max(1, Math.floor((this.clientHeight - HEADER_HEIGHT) / ROW_HEIGHT) - 1);
    const next = moveCell(this.active, key, ctrl, {
      rows: this.ids.length,
      columns: this.columns.length,
      page,
    });
    if (!next) return false;
    this.activate(next);
    if (shiftKey && next.row >= 0 && next.row !== row) {
      const from =
        this.selection.anchor === undefined && id !== undefined
          ? { ...this.selection, anchor: id }
          : this.selection;
      const target = this.ids[next.row];
      if (target !== undefined) this.change(select(from, this.ids, target, "range"));
    }
    return true;
  }
}
