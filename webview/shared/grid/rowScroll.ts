import { RowScale } from "./rowScale.js";

export const ROW_HEIGHT = 22;
export const HEADER_HEIGHT = 36;
const OVERSCAN_ROWS = 16;
/** Milliseconds without scrolling after which the scrollbar is put where the rows are. */
const SETTLED = 150;

/** A row to draw; `start` in pixels from the top of the element that holds the rows. */
export interface RowItem {
  index: number;
  start: number;
}

/**
 * Which rows of equal height are in view. Where they are too high together for an element, a scroll by less than a page
 * moves the rows by as many pixels, a longer one goes to where the scrollbar is.
 */
export class RowScroll {
  private count = 0;
  private scale = new RowScale(0, 0);
  private view = 0;
  private place = 0;
  private bar = 0;
  private drawn = "";
  private settle: ReturnType<typeof setTimeout> | undefined;
  private readonly observer: ResizeObserver;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly onChange: () => void,
  ) {
    this.observer = new ResizeObserver(() => {
      this.measure();
      this.changed();
    });
    this.observer.observe(scroller);
    scroller.addEventListener("scroll", this.onScroll, { passive: true });
  }

  /** Rows to draw, and the height of the element that holds them. */
  update(count: number): { rows: RowItem[]; height: number } {
    this.count = count;
    this.measure();
    this.place = this.scale.clamp(this.place);
    const { first, last } = this.range();
    this.drawn = this.key();
    const shift = this.place - this.bar;
    const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => ({
      index: first + i,
      start: (first + i) * ROW_HEIGHT - shift,
    }));
    return { rows, height: this.scale.height };
  }

  /** Scrolls as far as is needed to see a row. */
  reveal(row: number): void {
    const top = row * ROW_HEIGHT;
    if (top < this.place) this.scrollTo(top);
    else if (top + ROW_HEIGHT > this.place + this.view) this.scrollTo(top + ROW_HEIGHT - this.view);
  }

  dispose(): void {
    clearTimeout(this.settle);
    this.observer.disconnect();
    this.scroller.removeEventListener("scroll", this.onScroll);
  }

  private readonly onScroll = (): void => {
    const bar = this.scroller.scrollTop;
    const by = bar - this.bar;
    if (by === 0) return;
    const isStep = this.scale.scaled && Math.abs(by) <= this.view * 1.5;
    // Whole pixels, so that letters stay sharp.
    this.place = Math.round(isStep ? this.scale.clamp(this.place + by) : this.scale.toPlace(bar));
    this.bar = bar;
    if (isStep) {
      clearTimeout(this.settle);
      this.settle = setTimeout(() => {
        this.scrollTo(this.place);
      }, SETTLED);
    }
    this.changed();
  };

  private scrollTo(place: number): void {
    this.place = this.scale.clamp(place);
    this.scroller.scrollTop = this.scale.toBar(this.place);
    // The browser rounds it.
    this.bar = this.scroller.scrollTop;
    if (!this.scale.scaled) this.place = this.bar;
    this.changed();
  }

  private measure(): void {
    const view = Math.max(0, this.scroller.clientHeight - HEADER_HEIGHT);
    this.view = view;
    this.scale = new RowScale(this.count * ROW_HEIGHT, view);
  }

  private range(): { first: number; last: number } {
    const first = Math.floor(this.place / ROW_HEIGHT) - OVERSCAN_ROWS;
    const last = Math.ceil((this.place + this.view) / ROW_HEIGHT) + OVERSCAN_ROWS;
    return { first: Math.max(0, first), last: Math.min(this.count, last) };
  }

  /** What rows look like: their numbers, and where they are drawn. */
  private key(): string {
    const { first, last } = this.range();
    return `${first} ${last} ${this.place - this.bar}`;
  }

  private changed(): void {
    if (this.key() !== this.drawn) this.onChange();
  }
}
