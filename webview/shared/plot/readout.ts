import type { ChartOptions } from "../../../src/shared/charts.js";
import { formatNumber } from "../format.js";
import { xText } from "./axes.js";
import type { XY } from "./decimate.js";
import type { Drawn } from "./traces.js";

export interface Reading {
  id: string;
  name: string;
  color: string;
  value: number;
  text: string;
}

/** What curves hold at a place, largest first; those that do not reach it are left out. */
export function readAt(drawn: readonly Drawn[], x: number, tolerance: number): Reading[] {
  const readings = drawn.flatMap(({ id, name, color, line, band }): Reading[] => {
    const main = line.smooth ?? line.raw;
    const i = nearest(main, x, tolerance);
    if (i === undefined) return [];
    const value = main.y[i] ?? Number.NaN;
    const raw = line.smooth ? nearest(line.raw, main.x[i] ?? x, tolerance) : undefined;
    const more =
      raw !== undefined
        ? ` (${formatNumber(line.raw.y[raw] ?? Number.NaN)})`
        : band
          ? ` (${formatNumber(band.low[i] ?? Number.NaN)} – ${formatNumber(band.high[i] ?? Number.NaN)})`
          : "";
    return [{ id, name, color, value, text: formatNumber(value) + more }];
  });
  const rank = (value: number): number => (Number.isNaN(value) ? -Infinity : value);
  return readings.sort((a, b) => rank(b.value) - rank(a.value));
}

/** The curve that is nearest to a value. */
export function nearestTo(readings: readonly Reading[], value: number, log: boolean): string | undefined {
  const place = (each: number): number => (log ? Math.log10(each) : each);
  let best: Reading | undefined;
  const away = (reading: Reading): number => Math.abs(place(reading.value) - place(value));
  for (const reading of readings) if (!best || away(reading) < away(best)) best = reading;
  return best?.id;
}

/** Place of the point nearest to x; undefined where the line ends before it. */
function nearest({ x: xs }: XY, x: number, tolerance: number): number | undefined {
  const first = xs[0];
  const last = xs.at(-1);
  if (first === undefined || last === undefined || x < first - tolerance || x > last + tolerance)
    return undefined;
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - (xs[low - 1] ?? 0) < (xs[low] ?? 0) - x ? low - 1 : low;
}

/** The x of the point that is nearest; the same x where there is none. */
export function snap(drawn: readonly Drawn[], x: number): number {
  let best: number | undefined;
  for (const { line } of drawn) {
    const i = nearest(line.raw, x, Infinity);
    const found = i === undefined ? undefined : line.raw.x[i];
    if (found !== undefined && (best === undefined || Math.abs(found - x) < Math.abs(best - x))) best = found;
  }
  return best ?? x;
}

/** The next x at which a curve has a point, `by` points further; the last or first one at the end. */
export function stepFrom(drawn: readonly Drawn[], x: number | undefined, by: number): number | undefined {
  const all = new Set<number>();
  for (const { line } of drawn) for (const each of line.raw.x) all.add(each);
  const sorted = [...all].sort((a, b) => a - b);
  if (x === undefined) return by > 0 === Number.isFinite(by) ? sorted[0] : sorted.at(-1);
  const at = sorted.findIndex((each) => each >= x);
  const from = at < 0 ? sorted.length - 1 : at;
  return sorted[Math.max(0, Math.min(sorted.length - 1, from + by))];
}

/** Values at a place in words, for who hears them. */
export function readingText(readings: readonly Reading[], x: number, options: ChartOptions): string {
  const values = readings.map(({ name, text }) => `${name} ${text}`).join(", ");
  return `${xText(x, options.x)}: ${values || "no value"}`;
}

/** The list of values beside the crosshair. Its elements are used again: it follows the pointer in every chart. */
export class Readout {
  private readonly head = document.createElement("div");
  private readonly rest = document.createElement("div");
  private readonly rows: { row: HTMLElement; swatch: HTMLElement; name: HTMLElement; value: HTMLElement }[] =
    [];

  constructor(private readonly box: HTMLElement) {
    this.head.className = "readout-head";
    this.rest.className = "muted";
    box.append(this.head, this.rest);
  }

  hide(): void {
    this.box.hidden = true;
  }

  /** `most` rows; `left` is the crosshair's place in a box of `width`. */
  show(
    readings: readonly Reading[],
    title: string,
    most: number,
    { left, width }: { left: number; width: number },
    near: string | undefined,
  ): void {
    this.box.hidden = false;
    this.head.textContent = title;
    const shown = readings.slice(0, most);
    shown.forEach((reading, i) => {
      const { row, swatch, name, value } = this.rowAt(i);
      row.hidden = false;
      row.classList.toggle("near", reading.id === near);
      swatch.style.backgroundColor = reading.color;
      name.textContent = reading.name;
      value.textContent = reading.text;
    });
    for (const { row } of this.rows.slice(shown.length)) row.hidden = true;
    const hidden = readings.length - shown.length;
    this.rest.hidden = hidden === 0;
    this.rest.textContent = `${hidden} more`;
    // On the side with more room, and no wider than that: names are cut rather than the box.
    const isRight = left > width / 2;
    this.box.style.left = isRight ? "0" : `${left + 10}px`;
    this.box.style.right = isRight ? `${width - left + 10}px` : "0";
    this.box.style.marginLeft = isRight ? "auto" : "0";
  }

  private rowAt(i: number) {
    const found = this.rows[i];
    if (found) return found;
    const [row, swatch, name, value] = ["div", "span", "span", "span"].map((tag) =>
      document.createElement(tag),
    );
    if (!row || !swatch || !name || !value) throw new Error("The page makes no elements.");
    row.className = "readout-row";
    swatch.className = "swatch";
    name.className = "clip grow";
    value.className = "number";
    row.append(swatch, name, value);
    this.rest.before(row);
    const made = { row, swatch, name, value };
    this.rows.push(made);
    return made;
  }
}
