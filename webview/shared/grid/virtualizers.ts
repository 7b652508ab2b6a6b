import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
} from "@tanstack/virtual-core";

export const ROW_HEIGHT = 22;
const OVERSCAN_ROWS = 16;
const OVERSCAN_COLUMNS = 2;

export interface GridRange {
  rows: VirtualItem[];
  columns: VirtualItem[];
  height: number;
}

/** Which rows and which of the scrolling columns are in view; calls back when that changes. */
export class GridVirtualizers {
  private readonly rows: Virtualizer<HTMLElement, HTMLElement>;
  private readonly columns: Virtualizer<HTMLElement, HTMLElement>;
  private readonly unmount: (() => void)[];
  private widths: readonly number[] = [];

  constructor(
    private readonly scroller: HTMLElement,
    private readonly onChange: () => void,
  ) {
    this.rows = new Virtualizer<HTMLElement, HTMLElement>(this.rowOptions(0));
    this.columns = new Virtualizer<HTMLElement, HTMLElement>(this.columnOptions(0));
    this.unmount = [this.rows._didMount(), this.columns._didMount()];
  }

  /** `widths`: of the columns that scroll; `pinnedWidth`: pixels taken by those that do not. */
  update(rowCount: number, widths: readonly number[], pinnedWidth: number): GridRange {
    this.rows.setOptions(this.rowOptions(rowCount));
    const resized =
      widths.length !== this.widths.length || widths.some((width, i) => width !== this.widths[i]);
    this.widths = widths;
    this.columns.setOptions(this.columnOptions(pinnedWidth));
    if (resized) this.columns.measure();
    this.rows._willUpdate();
    this.columns._willUpdate();
    return {
      rows: this.rows.getVirtualItems(),
      columns: this.columns.getVirtualItems(),
      height: this.rows.getTotalSize(),
    };
  }

  dispose(): void {
    for (const end of this.unmount) end();
  }

  private shared() {
    return {
      getScrollElement: () => this.scroller,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: this.onChange,
    };
  }

  private rowOptions(count: number) {
    return { ...this.shared(), count, estimateSize: () => ROW_HEIGHT, overscan: OVERSCAN_ROWS };
  }

  private columnOptions(pinnedWidth: number) {
    return {
      ...this.shared(),
      count: this.widths.length,
      horizontal: true,
      paddingStart: pinnedWidth,
      estimateSize: (i: number) => this.widths[i] ?? 0,
      overscan: OVERSCAN_COLUMNS,
    };
  }
}
