/** Pixels that an element is made high at most: browsers draw nothing beyond about 33 million. */
export const MAX_HEIGHT = 16_000_000;
/** At both ends a pixel of the scrollbar is one of the rows, so that the wheel gets to the first and last one. */
const EDGE = 1_000_000;

/**
 * How the place of a scrollbar belongs to a place among rows that are higher together than an element may be. All in
 * pixels: `total` of all rows, `view` of those in view.
 */
export class RowScale {
  readonly height: number;
  private readonly last: number;
  private readonly lastBar: number;

  constructor(total: number, view: number) {
    this.height = Math.min(total, MAX_HEIGHT);
    this.last = Math.max(0, total - view);
    this.lastBar = Math.max(0, this.height - view);
  }

  get scaled(): boolean {
    return this.last > this.lastBar;
  }

  /** The place among the rows nearest to this one. */
  clamp(place: number): number {
    return Math.max(0, Math.min(this.last, place));
  }

  toPlace(bar: number): number {
    if (!this.scaled || bar <= EDGE) return this.clamp(bar);
    if (bar >= this.lastBar - EDGE) return this.clamp(this.last - (this.lastBar - bar));
    return EDGE + (bar - EDGE) * this.ratio;
  }

  toBar(place: number): number {
    if (!this.scaled || place <= EDGE) return place;
    if (place >= this.last - EDGE) return this.lastBar - (this.last - place);
    return EDGE + (place - EDGE) / this.ratio;
  }

  private get ratio(): number {
    return (this.last - 2 * EDGE) / (this.lastBar - 2 * EDGE);
  }
}
