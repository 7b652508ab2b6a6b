export { formatBytes } from "../../src/shared/bytes.js";
export { formatDuration } from "../../src/shared/duration.js";

/** A metric as the run table sends it: not-a-number and the infinities travel as strings. */
export type MetricCell = number | string | null;

export function metricNumber(cell: MetricCell): number | null {
  if (cell === null || typeof cell === "number") return cell;
  return Number(cell);
}

/**
 * At most `digits` significant digits; exponent form for the very small and very large; `NaN`, `∞`, `−∞`.
 * `aligned` keeps zeros at the end, so that a column of values stays in line.
 */
export function formatNumber(value: number, digits = 4, aligned = false): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return minus(String(value));
  if (size >= 1e7 || size < 1e-4) return minus(trimZeros(value.toExponential(digits - 1)));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const text = value.toFixed(decimals);
  return minus(aligned || decimals === 0 ? text : text.replace(/\.?0+$/, ""));
}

function trimZeros(exponential: string): string {
  return exponential.replace(/\.?0+e/, "e").replace("e+", "e");
}

function minus(text: string): string {
  return text.replace("-", "−").replace("e-", "e−");
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** `now`, `5 min ago`, `3 h ago`, `yesterday`, `4 d ago`, then the date. */
export function formatRelative(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  if (days === 1) return "yesterday";
  return days < 30 ? `${days} d ago` : new Date(time).toISOString().slice(0, 10);
}

/** Local date and time to the second, sortable by eye. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** Whole numbers with a thousands separator. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

export function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
}
