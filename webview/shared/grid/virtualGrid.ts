import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { styled } from "../styled.js";
import { clampWidth, layoutColumns, type ColumnLayout } from "./columnLayout.js";
import { ColumnSheet } from "./columnSheet.js";
import { dragColumn } from "./dragColumn.js";
import { fitWidth } from "./fitWidth.js";
import { gridCommand, type GridActions } from "./gridCommand.js";
import { checkMark, dropMark, headCell, twist } from "./gridParts.js";
import { dragWidth } from "./resizeColumn.js";
import { pageRows, revealColumn, startCell } from "./revealCell.js";
import { type GridRows, NumberedRows } from "./numberedRows.js";
import { RowList } from "./rowList.js";
import type { RowItem } from "./rowScroll.js";
import { RowSlots } from "./rowSlots.js";
import { nextSort } from "./sortRows.js";
import type { Selection, SelectionMode } from "./selection.js";
import type { GridCell, GridColumn, GridEvents, GridSort, GridTree } from "./types.js";
import { GridVirtualizers, type GridRange } from "./virtualizers.js";

/** Below this width only the first column stays in place. */
const NARROW_WIDTH = 520;

/**
 * A table of any size, after the ARIA grid pattern, or treegrid where rows lie below others: rows and columns are
 * drawn as far as they are in view. Its events are `GridEvents`.
 */
@customElement("cairn-grid")
export class VirtualGrid extends LitElement {
  /** As shown: filtered, sorted and unfolded by the owner. */
  @property({ attribute: false }) rows: readonly unknown[] = [];
  @property({ attribute: false }) columns: readonly GridColumn<unknown>[] = [];
  /** Given where rows are only numbers, from 0 to before this one, however many: `rows` is not looked at then. */
  @property({ attribute: false }) count: number | undefined;
  @property({ attribute: false }) rowId: (row: unknown) => string = String;
  @property({ attribute: false }) rowClass: (row: unknown) => string = () => "";
  /** Given where rows lie below others. */
  @property({ attribute: false }) tree: GridTree | undefined;
  /** Rows are selected by marks in the first column; without them nothing is selected. */
  @property({ attribute: false }) checks = true;
  @property({ attribute: false }) selection: Selection = { ids: new Set(), anchor: undefined };
  @property({ attribute: false }) sort: GridSort | null = null;
  @property({ attribute: false }) label = "";
  /** Another one when cells look different though rows and columns do not. */
  @property({ attribute: false }) look: unknown;
  @state() private active: GridCell = { row: 0, column: 0 };
  @state() private focused = false;
  @state() private drop: number | undefined;

  private readonly sheet = new ColumnSheet();
  private readonly resized = new Map<string, number>();
  private virtualizers: GridVirtualizers | undefined;
  private layout: ColumnLayout = layoutColumns([], new Map(), false);
  private narrow = false;
  private list: GridRows = new RowList([], String, () => undefined);
  private readonly slots = new RowSlots();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sheet.attach();
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
    const row = this.list.placeOf(id);
    if (row !== undefined) this.activate({ row, column: this.active.column });
  }

  /** Id of the row that the keyboard is at, if any. */
  get activeId(): string | undefined {
    return this.list.idOf(this.active.row);
  }

  /** Forgets the widths that the user has given to columns. */
  resetWidths(): void {
    this.resized.clear();
    this.layColumns();
    this.requestUpdate();
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("rows") || changes.has("count")) {
      this.list =
        this.count === undefined
          ? new RowList(this.rows, this.rowId, () => this.tree)
          : new NumberedRows(this.count);
      const last = this.list.length - 1;
      if (this.active.row > last) this.active = { ...this.active, row: last };
    }
    if (!this.hasUpdated) this.active = startCell(this.columns);
    const narrow = this.clientWidth > 0 && this.clientWidth < NARROW_WIDTH;
    if (changes.has("columns") || narrow !== this.narrow) this.layColumns(narrow);
  }

  private layColumns(narrow = this.narrow): void {
    this.narrow = narrow;
    this.layout = layoutColumns(this.columns, this.resized, this.narrow);
    this.sheet.update(this.layout);
  }

  protected override updated(): void {
    this.setAttribute("role", this.tree ? "treegrid" : "grid");
    this.setAttribute("aria-label", this.label);
    this.setAttribute("aria-rowcount", String(this.list.length + 1));
    this.setAttribute("aria-colcount", String(this.columns.length));
    this.setAttribute("aria-multiselectable", String(this.checks));
    this.setAttribute("aria-activedescendant", this.cellId(this.active.row, this.active.column));
  }

  protected override render(): unknown {
    const { pinned, pinnedWidth, widths } = this.layout;
    const range = this.virtualizers?.update(this.list.length, widths.slice(pinned), pinnedWidth);
    if (!range) return nothing;
    return html`<div class="grid-head" role="row" aria-rowindex="1">
        ${this.renderCells(range, (index) => this.renderHead(index, range))}${dropMark(this.dropLeft())}
      </div>
      <div class="grid-body" role="rowgroup" ${styled({ height: `${range.height}px` })}>
        ${this.slots.place(range.rows).map((item) => (item ? this.renderRow(item, range) : nothing))}
      </div>`;
  }

  private renderCells(range: GridRange, cell: (index: number) => unknown): unknown {
    const { pinned, pinnedWidth } = this.layout;
    const gap = (range.columns[0]?.start ?? pinnedWidth) - pinnedWidth;
    const indexes = range.columns.map((item) => item.index + pinned);
    return html`${Array.from({ length: pinned }, (_, i) => cell(i))}
      <div class="grid-gap" role="presentation" ${styled({ width: `${gap}px` })}></div>
      ${repeat(indexes, (index) => index, cell)}`;
  }

  private renderHead(index: number, range: GridRange): unknown {
    const column = this.columns[index];
    if (!column) return nothing;
    return headCell({
      ...{ column, index, id: this.cellId(-1, index), classes: this.activeClass(-1, index), sort: this.sort },
      check: this.isCheck(index)
        ? checkMark(this.list.stateOfAll(this.selection.ids), "Select all rows")
        : undefined,
      press: (event) => {
        this.startDrag(event, index);
      },
      click: () => {
        this.headClick(index);
      },
      menu: (event) => {
        event.preventDefault();
        this.emit("grid-head-menu", { column: column.id, x: event.clientX, y: event.clientY });
      },
      resize: (event) => {
        dragWidth(event, this.layout.widths[index] ?? 0, (width, last) => {
          this.resize(index, width, last);
        });
      },
      fit: () => {
        const rows = this.count === undefined ? this.rows : range.rows.map((item) => item.index);
        this.resize(index, fitWidth(column, rows, getComputedStyle(this).font), true);
      },
    });
  }

  private renderRow(item: RowItem, range: GridRange): unknown {
    const row = this.list.rowAt(item.index);
    const id = this.list.idOf(item.index);
    if (row === undefined || id === undefined) return nothing;
    const selected = this.checks && this.list.stateOf(this.selection.ids, id);
    const active = this.focused && this.active.row === item.index ? "active" : "";
    return html`<div
      class="grid-row ${selected === true ? "selected" : ""} ${active} ${this.rowClass(row)}"
      role="row"
      aria-rowindex=${item.index + 2}
      aria-selected=${this.checks ? selected === true : nothing}
      aria-level=${this.tree?.level(row) ?? nothing}
      aria-expanded=${this.tree?.open(row) ?? nothing}
      ${styled({ transform: `translateY(${item.start}px)` })}
      @click=${(event: MouseEvent) => {
        this.rowClick(event, item.index);
      }}
      @dblclick=${() => {
        if (!this.list.isGroup(item.index)) this.emit("grid-open", id);
      }}
      @contextmenu=${(event: MouseEvent) => {
        this.menu(event, item.index);
      }}
    >
      ${this.renderCells(range, (index) => this.renderCell(row, selected, item.index, index))}
    </div>`;
  }

  private renderCell(row: unknown, selected: boolean | "mixed", rowIndex: number, index: number): unknown {
    const column = this.columns[index];
    if (!column) return nothing;
    const text = column.text(row);
    const check = this.isCheck(index);
    const content = check ? checkMark(selected, `Select ${text}`) : column.render?.(row);
    return html`<div
      class="grid-cell ${content ? "" : "plain"} col-${index} ${column.align ?? ""} ${this.activeClass(rowIndex, index)}"
      id=${this.cellId(rowIndex, index)}
      role="gridcell"
      aria-colindex=${index + 1}
      title=${check ? nothing : text}
    >
      ${column.tree && this.tree ? this.twist(this.tree, row, rowIndex) : nothing}${content ?? text}
    </div>`;
  }

  private twist(tree: GridTree, row: unknown, index: number): unknown {
    return twist(tree.level(row), tree.open(row), (open) => {
      this.actions.toggle(index, open);
    });
  }

  private isCheck(index: number): boolean {
    return this.checks && index === 0;
  }

  private cellId(row: number, column: number): string {
    return `${this.sheet.scope}-${row + 1}-${column}`;
  }

  private cell(row: number, column: number): Element | null {
    return this.querySelector(`#${this.cellId(row, column)}`);
  }

  private activeClass(row: number, column: number): string {
    return this.focused && this.active.row === row && this.active.column === column ? "active" : "";
  }

  private emit<K extends keyof GridEvents>(name: K, detail: GridEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  private selectRow(index: number, mode: SelectionMode, before = this.selection): void {
    if (this.checks) this.emit("grid-select", this.list.select(before, index, mode));
  }

  private headClick(index: number): void {
    this.active = { row: -1, column: index };
    if (this.isCheck(index)) this.emit("grid-select", this.list.toggleAll(this.selection));
    else this.sortBy(index);
  }

  private sortBy(index: number): void {
    const column = this.columns[index];
    if (column) this.emit("grid-sort", nextSort(this.sort, column.id));
  }

  private rowClick(event: MouseEvent, index: number): void {
    const cell = (event.target as Element).closest<HTMLElement>("[role=gridcell]");
    const column = cell ? Number(cell.getAttribute("aria-colindex")) - 1 : this.active.column;
    this.active = { row: index, column };
    const toggles = (cell !== null && this.isCheck(column)) || event.ctrlKey || event.metaKey;
    if (this.list.isGroup(index) && !toggles && !event.shiftKey) {
      this.actions.toggle(index, this.list.isOpen(index) !== true);
    } else this.selectRow(index, event.shiftKey ? "range" : toggles ? "toggle" : "only");
  }

  private menu(event: MouseEvent, index: number): void {
    event.preventDefault();
    const id = this.list.idOf(index);
    if (id === undefined) return;
    if (this.list.stateOf(this.selection.ids, id) === false) this.selectRow(index, "only");
    this.active = { row: index, column: this.active.column };
    this.emit("grid-menu", { id, x: event.clientX, y: event.clientY });
  }

  /** Pixels from the start of the header's row at which a dragged column would go. */
  private dropLeft(): number | undefined {
    if (this.drop === undefined) return undefined;
    const { starts, pinned, total } = this.layout;
    return (starts[this.drop] ?? total) + (this.drop < pinned ? this.scrollLeft : 0);
  }

  private startDrag(event: PointerEvent, index: number): void {
    if (this.columns[index]?.fixed === true || this.isCheck(index)) return;
    const over = (drop: number | undefined): void => {
      this.drop = drop;
    };
    const first = this.columns.findIndex((column) => column.fixed !== true);
    dragColumn(event, this, { first, layout: () => this.layout, over }, (to) => {
      this.moveTo(index, to);
    });
  }

  private moveTo(index: number, to: number): void {
    const column = this.columns[index];
    if (!column || column.fixed === true || this.columns[to]?.fixed === true) return;
    if (to === index || to === index + 1 || to < 0) return;
    this.emit("grid-move", { column: column.id, before: this.columns[to]?.id ?? null });
  }

  private resize(index: number, width: number, last: boolean): void {
    const column = this.columns[index];
    if (!column || this.isCheck(index)) return;
    this.resized.set(column.id, clampWidth(width));
    this.layColumns();
    this.requestUpdate();
    if (last) this.emit("grid-resize", { column: column.id, width: clampWidth(width) });
  }

  private activate(cell: GridCell): void {
    this.active = cell;
    if (cell.row >= 0) this.virtualizers?.revealRow(cell.row);
    revealColumn(this, cell, this.layout);
  }

  private readonly onFocus = (event: FocusEvent): void => {
    this.focused = event.type === "focus" && this.matches(":focus-visible");
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.target !== this || !gridCommand(event, this.actions)) return;
    event.preventDefault();
    this.focused = true;
  };

  private readonly actions: GridActions = {
    active: () => this.active,
    columns: () => this.columns,
    rows: () => this.list.length,
    page: () => pageRows(this),
    isOpen: (row) => this.list.isOpen(row),
    isGroup: (row) => this.list.isGroup(row),
    activate: (cell) => {
      this.activate(cell);
    },
    toggle: (row, open) => {
      const id = this.list.idOf(row);
      if (id !== undefined) this.emit("grid-toggle", { id, open });
    },
    open: (row) => {
      const id = this.list.idOf(row);
      if (id !== undefined) this.emit("grid-open", id);
    },
    selectRow: (row, mode) => {
      this.selectRow(row, mode);
    },
    extend: (from, to) => {
      this.selectRow(to, "range", {
        ...this.selection,
        anchor: this.selection.anchor ?? this.list.idOf(from),
      });
    },
    selectAll: () => {
      if (this.checks) this.emit("grid-select", this.list.all(this.selection));
    },
    headClick: (column) => {
      this.headClick(column);
    },
    resizeBy: (column, pixels) => {
      this.resize(column, (this.layout.widths[column] ?? 0) + pixels, true);
    },
    moveColumn: (column, by) => {
      const to = by > 0 ? column + 2 : column - 1;
      if (column + by < 0 || column + by >= this.columns.length) return;
      if (this.columns[column + by]?.fixed === true) return;
      this.moveTo(column, to);
      this.activate({ row: -1, column: column + by });
    },
    act: (row, column) => {
      const action = this.columns[column]?.action;
      if (!action || this.actions.isGroup(row)) return false;
      action(this.list.rowAt(row));
      return true;
    },
    menuAt: ({ row, column }) => {
      const { left: x = 0, bottom: y = 0 } = this.cell(row, column)?.getBoundingClientRect() ?? {};
      const id = this.list.idOf(row);
      const head = this.columns[column];
      if (row >= 0 && id !== undefined) this.emit("grid-menu", { id, x, y });
      else if (row === -1 && head && !this.isCheck(column))
        this.emit("grid-head-menu", { column: head.id, x, y });
    },
  };
}
