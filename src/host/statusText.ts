import { formatDuration } from "../shared/duration.js";
import { formatValue } from "./format.js";
import { headlineMetric } from "./headlineMetric.js";

export interface LiveRun {
  name: string;
  startTime: number;
  metrics: ReadonlyMap<string, number | string>;
}

/** The status bar's text: the newest run's name, headline metric and elapsed time, and how many more there are. */
export function statusText(runs: readonly LiveRun[], now: number): string {
  const [first, ...others] = [...runs].sort((a, b) => b.startTime - a.startTime);
  if (first === undefined) return "";
  const key = headlineMetric([...first.metrics.keys()]);
  const value = key === undefined ? undefined : first.metrics.get(key);
  const parts = [shorten(first.name)];
  if (key !== undefined && value !== undefined) parts.push(`${key} ${formatValue(value)}`);
  parts.push(formatDuration(now - first.startTime));
  const more = others.length === 0 ? "" : ` (+${others.length})`;
  return `$(sync~spin) ${parts.join(" · ")}${more}`;
}

/** Hosts that own projects which are open for reading only, "" where nobody says; undefined where none is. */
export function readOnlyOwners(
  states: readonly { kind: string; readOnly?: boolean; owner?: string }[],
): string | undefined {
  const closed = states.filter(({ readOnly }) => readOnly === true);
  if (closed.length === 0) return undefined;
  return [...new Set(closed.flatMap(({ owner }) => owner ?? []))].join(", ");
}

/** `$(…)` in a run's name would be drawn as an icon. */
function shorten(name: string): string {
  const plain = name.replaceAll("$(", "$ (");
  return plain.length > 30 ? `${plain.slice(0, 29)}…` : plain;
}
