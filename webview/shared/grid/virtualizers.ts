import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
} from "@tanstack/virtual-core";
import { type RowItem, RowScroll } from "./rowScroll.js";

const OVERSCAN_COLUMNS = 2;

export interface GridRange {
  rows: RowItem[];
  columns: VirtualItem[];
  height: number;
}

/** Which rows and which of the scrolling columns are in view; calls back when that changes. */
export class GridVirtualizers {
  private readonly rows: RowScroll;
  private readonly columns: Virtualizer<HTMLElement, HTMLElement>;
  private readonly unmount: () => void;
  private widths: readonly number[] = [];

  constructor(
    private readonly scroller: HTMLElement,
    private readonly onChange: () => void,
  ) {
    this.rows = new RowScroll(scroller, onChange);
    this.columns = new Virtualizer<HTMLElement, HTMLElement>(this.columnOptions(0));
    this.unmount = this.columns._didMount();
  }

  /** `widths`: of the columns that scroll; `pinnedWidth`: pixels taken by those that do not. */
  update(rowCount: number, widths: readonly number[], pinnedWidth: number): GridRange {
    const resized =
      widths.length !== this.widths.length || widths.some((width, i) => width !== this.widths[i]);
    this.widths = widths;
    this.columns.setOptions(this.columnOptions(pinnedWidth));
    if (resized) this.columns.measure();
    this.columns._willUpdate();
    return { ...this.rows.update(rowCount), columns: this.columns.getVirtualItems() };
  }

  /** Scrolls as far as is needed to see a row. */
  revealRow(row: number): void {
    this.rows.reveal(row);
  }

  dispose(): void {
    this.unmount();
    this.rows.dispose();
  }

  private columnOptions(pinnedWidth: number) {
    return {
      getScrollElement: () => this.scroller,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: this.onChange,
      count: this.widths.length,
      horizontal: true,
      paddingStart: pinnedWidth,
      estimateSize: (i: number) => this.widths[i] ?? 0,
      overscan: OVERSCAN_COLUMNS,
    };
  }
}
