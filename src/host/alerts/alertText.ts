import type { Alert, AlertKind } from "../../shared/alerts.js";
import type { Settings } from "../settingsTable.js";

export type Severity = "error" | "warning" | "information";

const severities: Record<AlertKind, Severity> = {
  finished: "information",
  failed: "error",
  nan: "warning",
  diverging: "warning",
  plateau: "information",
  worse: "information",
  gpuIdle: "warning",
  silent: "warning",
};

const icons: Record<AlertKind, string> = {
  finished: "pass",
  failed: "error",
  nan: "warning",
  diverging: "graph-line",
  plateau: "dash",
  worse: "arrow-down",
  gpuIdle: "debug-pause",
  silent: "bell-dot",
};

export function severityOf(kind: AlertKind): Severity {
  return severities[kind];
}

export function iconOf(kind: AlertKind): string {
  return icons[kind];
}

/** Whether an alert is shown unasked. */
export function isWanted(kind: AlertKind, setting: Settings["alerts.notifications"]): boolean {
  return setting === "all" || (setting === "problems" && kind !== "finished");
}

/** Alerts that may be followed by others of the same run, so that muting it makes sense. */
export function canMute(kind: AlertKind): boolean {
  return kind !== "finished" && kind !== "failed" && kind !== "worse";
}

/** What a notification says. Names come from scripts: a link in one must stay text. */
export function noticeText({ runName, message }: Alert): string {
  return `${runName}: ${message}`.replace(/\]\(/g, "]\u200b(").slice(0, 500);
}
