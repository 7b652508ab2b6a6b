import type { ChartOptions, XAxis } from "../../../src/shared/charts.js";
import { formatNumber } from "../format.js";
import type { Line } from "./line.js";

export type Range = [low: number, high: number];

/** Share of the values that `ignoreOutliers` leaves out at either end, as TensorBoard does. */
const OUTLIERS = 0.05;
const MARGIN = 0.06;

/** From the first to the last point of all lines. */
export function xRange(lines: readonly Line[], log: boolean): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const { raw } of lines) {
    low = Math.min(low, raw.x[0] ?? Infinity);
    high = Math.max(high, raw.x.at(-1) ?? -Infinity);
  }
  if (!(low <= high)) return log ? [1, 10] : [0, 1];
  if (low === high) return log ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
  return [low, high];
}

/**
 * What the vertical axis shows of the lines between two x: everything drawn, or without its outliers, and a margin.
 */
export function yRange(
  lines: readonly Line[],
  [from, to]: Range,
  { logY, ignoreOutliers }: Pick<ChartOptions, "logY" | "ignoreOutliers">,
): Range {
  const values = drawnValues(lines, from, to);
  let low = Infinity;
  let high = -Infinity;
  if (ignoreOutliers && values.length > 2) {
    const sorted = Float64Array.from(values).sort();
    low = sorted[Math.ceil((sorted.length - 1) * OUTLIERS)] ?? 0;
    high = sorted[Math.floor((sorted.length - 1) * (1 - OUTLIERS))] ?? 0;
  } else {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(low <= high)) return logY ? [0.1, 1] : [0, 1];
  return logY
    ? (around(Math.log10(low), Math.log10(high), 1).map((each) => 10 ** each) as Range)
    : around(low, high, Math.abs(low));
}

function drawnValues(lines: readonly Line[], from: number, to: number): number[] {
  const values: number[] = [];
  for (const line of lines) {
    for (const xy of line.smooth ? [line.raw, line.smooth] : [line.raw]) {
      for (let i = 0; i < xy.x.length; i++) {
        const x = xy.x[i] ?? 0;
        const y = xy.y[i] ?? Number.NaN;
        if (x >= from && x <= to && !Number.isNaN(y)) values.push(y);
      }
    }
  }
  return values;
}

function around(low: number, high: number, size: number): Range {
  if (low === high) {
    const room = size > 0 ? size * 0.1 : 1;
    return [low - room, high + room];
  }
  const room = (high - low) * MARGIN;
  return [low - room, high + room];
}

export interface Ticks {
  at: number[];
  text: string[];
}

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** Marks at round times for an axis in seconds; fewer than `most`. */
export function durationTicks([low, high]: Range, most: number): Ticks {
  const step = timeStep(high - low, most);
  const at = multiples(low, high, step);
  return { at, text: at.map((seconds) => durationText(seconds, step)) };
}

/** Marks at round local times for an axis in milliseconds since 1970; fewer than `most`. */
export function wallTicks([low, high]: Range, most: number): Ticks {
  const step = timeStep((high - low) / 1000, most);
  const shift = new Date(low).getTimezoneOffset() * MINUTE;
  const at = multiples(low / 1000 - shift, high / 1000 - shift, step).map((each) => (each + shift) * 1000);
  return { at, text: at.map((time, i) => wallText(time, at[i - 1], step)) };
}

/**
 * Marks of a logarithmic axis: powers of ten, with 2 and 5 between where there are few, or round numbers where the
 * range is less than one power; `most` of them about. Their texts are plain: raised exponents would need inline styles.
 */
export function logTicks([low, high]: Range, most: number): Ticks {
  const [first, last] = [Math.log10(low), Math.log10(high)];
  const decades = last - first;
  if (decades < 1) {
    const wanted = (high - low) / Math.max(1, most);
    const power = 10 ** Math.floor(Math.log10(wanted));
    const step = power * ([1, 2, 5, 10].find((times) => times * power >= wanted) ?? 10);
    return withNumbers(multiples(low, high, step));
  }
  const every = Math.max(1, Math.ceil(decades / Math.max(1, most)));
  const between = decades * 3 <= most ? [1, 2, 5] : [1];
  const at: number[] = [];
  for (let power = Math.floor(first / every) * every; power <= last; power += every)
    for (const times of between) {
      const value = Number(`${times}e${power}`);
      if (value >= low && value <= high) at.push(value);
    }
  return withNumbers(at);
}

function withNumbers(at: number[]): Ticks {
  return { at, text: at.map((value) => formatNumber(value, 3)) };
}

function timeStep(span: number, most: number): number {
  const wanted = span / Math.max(1, most);
  if (wanted < 1) {
    const power = 10 ** Math.floor(Math.log10(Math.max(wanted, 1e-6)));
    return power * ([1, 2, 5, 10].find((times) => times * power >= wanted) ?? 10);
  }
  return TIME_STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / (365 * DAY)) * 365 * DAY;
}

function multiples(low: number, high: number, step: number): number[] {
  const at: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) at.push(i * step);
  return at;
}

function durationText(seconds: number, step: number): string {
  if (seconds === 0) return "0";
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? "−" : "";
  if (step < 1) return `${formatNumber(seconds)} s`;
  const [days, hours, minutes, rest] = [
    Math.floor(size / DAY),
    Math.floor((size % DAY) / HOUR),
    Math.floor((size % HOUR) / MINUTE),
    Math.round(size % MINUTE),
  ];
  const parts = [
    days > 0 ? `${days}d` : "",
    hours > 0 ? `${hours}h` : "",
    minutes > 0 ? `${minutes}m` : "",
    rest > 0 ? `${rest}s` : "",
  ].filter((part) => part !== "");
  return sign + parts.slice(0, 2).join(" ");
}

const two = (value: number): string => String(value).padStart(2, "0");

function wallText(time: number, before: number | undefined, step: number): string {
  const date = new Date(time);
  const day = `${date.getMonth() + 1}-${two(date.getDate())}`;
  if (step >= 28 * DAY) return `${date.getFullYear()}-${two(date.getMonth() + 1)}`;
  if (step >= DAY) return day;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const exact = step < MINUTE ? `${clock}:${two(date.getSeconds())}` : clock;
  // The day is said where it begins: on the first mark, and where it is another one than on the mark before.
  const isNewDay = before !== undefined && new Date(before).getDate() !== date.getDate();
  return isNewDay ? `${exact}<br>${day}` : exact;
}

/** A place on the horizontal axis in words. */
export function xText(x: number, axis: XAxis): string {
  if (axis === "step") return `step ${formatNumber(x, 6)}`;
  if (axis === "wall") {
    const date = new Date(x);
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  }
  return x < 60 ? `${formatNumber(x, 3)} s` : durationText(Math.round(x), 1);
}
