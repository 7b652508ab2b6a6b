import type { RunRow } from "../../src/shared/protocol.js";
import { formatCount, formatNumber } from "../shared/format.js";
import type { RunColumn } from "./runColumns.js";

/** Of the finite numbers of a column over some runs. */
export interface Summary {
  count: number;
  mean: number;
  /** Sample standard deviation (n − 1 below the line); not a number for a single value. */
  deviation: number;
  min: number;
  max: number;
}

/** Welford's method: one pass, no loss where the mean is far from zero. Undefined where there is no finite number. */
export function summarize(values: Iterable<number>): Summary | undefined {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (count === 0) return undefined;
  return { count, mean, deviation: Math.sqrt(squares / (count - 1)), min, max };
}

const kept = new WeakMap<readonly RunRow[], Map<string, Summary | undefined>>();

/** A group's summary; worked out once for each list of runs. */
export function summaryOf(column: RunColumn, runs: readonly RunRow[]): Summary | undefined {
  let byColumn = kept.get(runs);
  if (!byColumn) kept.set(runs, (byColumn = new Map<string, Summary | undefined>()));
  if (byColumn.has(column.id)) return byColumn.get(column.id);
  const numbers = runs.map((row) => column.value(row)).filter((value) => typeof value === "number");
  const summary = summarize(numbers);
  byColumn.set(column.id, summary);
  return summary;
}

/** What a group counts as when groups are sorted: the mean of numbers, else what all of its runs have. */
export function groupValue(column: RunColumn, runs: readonly RunRow[]): number | string | null {
  if (column.id === "start") return runs.reduce((latest, row) => Math.max(latest, row.startTime), 0);
  if (column.numeric) return summaryOf(column, runs)?.mean ?? null;
  const [only, ...others] = valuesOf(column, runs);
  return only !== undefined && others.length === 0 ? only : null;
}

function valuesOf(column: RunColumn, runs: readonly RunRow[]): string[] {
  const texts = new Set<string>();
  for (const row of runs) texts.add(column.text(row));
  return [...texts];
}

const LISTED = 12;

/** A group's cell: what is shown, and what the tooltip says. */
export function groupCell(column: RunColumn, runs: readonly RunRow[]): { short: string; long: string } {
  if (column.numeric) return numberCell(column, runs);
  const values = valuesOf(column, runs);
  const [only] = values;
  if (values.length === 1) return { short: only ?? "", long: only ?? "" };
  const rest = values.length > LISTED ? [`and ${values.length - LISTED} more`] : [];
  const listed = values.slice(0, LISTED).map((value) => (value === "" ? "(none)" : value));
  return { short: `${formatCount(values.length)} values`, long: [...listed, ...rest].join("\n") };
}

function numberCell(column: RunColumn, runs: readonly RunRow[]): { short: string; long: string } {
  const summary = summaryOf(column, runs);
  if (!summary) return { short: "", long: "" };
  const { count, mean, deviation, min, max } = summary;
  const format = column.format ?? ((value: number) => formatNumber(value, 4, true));
  const spread =
    count > 1 ? ` ± ${column.format ? format(deviation) : formatNumber(deviation, 2, true)}` : "";
  return {
    short: column.format ? format(mean) : `${format(mean)}${spread}`,
    long: [
      `${format(mean)}${spread}${count > 1 ? " (mean ± sample standard deviation)" : ""}`,
      `min ${format(min)}, max ${format(max)}`,
      count === runs.length
        ? `${formatCount(count)} runs`
        : `${formatCount(count)} of ${formatCount(runs.length)} runs have it`,
    ].join("\n"),
  };
}
