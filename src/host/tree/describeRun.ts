import type { RunStatus } from "../../shared/tracking.js";
import { formatDuration } from "../../shared/duration.js";
import { formatValue } from "../format.js";
import { headlineMetric } from "../headlineMetric.js";
import type { TreeRun } from "./treeRun.js";

/** Translates a text with `{0}` places; VS Code's own in the editor. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

const LISTED = 12;

/**
 * What stands behind a run's name: why it is not simply finished, its headline metric, how long it took. The value
 * comes before its name, which a narrow view cuts off.
 */
export function describeRun(run: TreeRun, t: Translate): string {
  const parts: string[] = run.row.starred ? ["★"] : [];
  if (run.row.status !== "RUNNING" && run.row.status !== "FINISHED")
    parts.push(statusWord(run.row.status, t));
  const key = headlineMetric([...run.metrics.keys()]);
  const value = key === undefined ? undefined : run.metrics.get(key);
  if (key !== undefined && value !== undefined) parts.push(`${formatValue(value)} ${key}`);
  if (run.row.endTime !== null) parts.push(formatDuration(run.row.endTime - run.row.startTime));
  return parts.join(" · ");
}

export function statusWord(status: RunStatus, t: Translate): string {
  switch (status) {
    case "RUNNING":
      return t("running");
    case "SCHEDULED":
      return t("queued");
    case "FINISHED":
      return t("finished");
    case "FAILED":
      return t("failed");
    case "KILLED":
      return t("stopped");
  }
}

/** Codicon and theme colour of a status. Shapes differ, so that colour is never the only sign. */
export function statusIcon(status: RunStatus): { icon: string; color: string } {
  switch (status) {
    case "RUNNING":
      return { icon: "sync~spin", color: "charts.blue" };
    case "SCHEDULED":
      return { icon: "watch", color: "descriptionForeground" };
    case "FINISHED":
      return { icon: "pass", color: "testing.iconPassed" };
    case "FAILED":
      return { icon: "error", color: "testing.iconFailed" };
    case "KILLED":
      return { icon: "circle-slash", color: "testing.iconSkipped" };
  }
}

/** The tooltip as Markdown. Names, values and notes are the user's: escaped, so that they cannot format or link. */
export function runTooltip(run: TreeRun, now: number, t: Translate): string {
  const { row } = run;
  const lasted = formatDuration((row.endTime ?? now) - row.startTime);
  const lines = [`**${escapeMarkdown(row.name)}** — ${statusWord(row.status, t)}, ${lasted}`];
  if (row.note !== undefined && row.note !== "") lines.push(escapeMarkdown(row.note));
  lines.push(...list(t("Metrics"), run.metrics, t), ...list(t("Parameters"), run.params, t));
  if (row.source !== "") lines.push(`${t("Source")}: ${escapeMarkdown(row.source)}`);
  lines.push(`\`${row.runId}\``);
  return lines.join("\n\n");
}

function list(title: string, values: Map<string, number | string>, t: Translate): string[] {
  if (values.size === 0) return [];
  const shown = [...values].slice(0, LISTED);
  const rows = shown.map(
    ([key, value]) => `| ${escapeMarkdown(key)} | ${escapeMarkdown(formatValue(value))} |`,
  );
  const rest = values.size > LISTED ? [t("and {0} more", values.size - LISTED)] : [];
  return [[`| ${title} | |`, "| :-- | :-- |", ...rows].join("\n"), ...rest];
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, "\\$&").replace(/\r?\n/g, " ");
}
