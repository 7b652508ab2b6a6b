export interface Row {
  what: string;
  ours: number;
  theirs: number;
  unit: string;
  /** Requests a second are better high, milliseconds low; the ratio is always how many times better ours is. */
  better: "high" | "low";
  note?: string;
}

/** Prints ours, theirs and the ratio, one line a measurement. */
export function printReport(peer: string, rows: readonly Row[]): void {
  const cells = rows.map(({ what, ours, theirs, unit, better, note = "" }) => {
    const ratio = better === "high" ? ours / theirs : theirs / ours;
    return [what, `${round(ours)} ${unit}`, `${round(theirs)} ${unit}`, `${round(ratio)}×`, note];
  });
  const table = [["", "Cairn", peer, "ratio", ""], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  for (const row of table) {
    const line = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(line.join("  ").trimEnd());
  }
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param part 0.5 is the median, 0.95 the 95th percentile (nearest rank) */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** CAIRN_BENCH_SCALE: 1 is the full measurement, 0.01 a look whether it works. */
export function benchScale(): number {
  const scale = Number(process.env.CAIRN_BENCH_SCALE ?? 1);
  if (!(scale > 0))
    throw new Error(`CAIRN_BENCH_SCALE must be a positive number, not ${process.env.CAIRN_BENCH_SCALE}.`);
  return scale;
}
