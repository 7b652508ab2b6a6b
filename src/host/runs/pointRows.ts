import type { Metric } from "../../shared/tracking.js";

/** The first line of points as CSV. */
export const POINT_HEAD = "run_id,run_name,step,timestamp_ms,value\n";

/** Points of one run as lines of CSV; what is no number or infinite as Python and pandas read it. */
export function pointRows(runId: string, name: string, points: readonly Metric[]): string {
  const begin = `${runId},${quoted(name)}`;
  return points
    .map(({ step, timestamp, value }) => `${begin},${step},${timestamp},${numberText(value)}\n`)
    .join("");
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
