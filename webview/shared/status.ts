import type { TemplateResult } from "lit";
import type { RunStatus } from "../../src/shared/tracking.js";
import { icon } from "./icon.js";

const LOOKS: Record<RunStatus, { icon: string; classes: string; label: string }> = {
  RUNNING: { icon: "sync", classes: "status-running codicon-modifier-spin", label: "Running" },
  SCHEDULED: { icon: "clock", classes: "status-scheduled", label: "Scheduled" },
  FINISHED: { icon: "pass", classes: "status-finished", label: "Finished" },
  FAILED: { icon: "error", classes: "status-failed", label: "Failed" },
  KILLED: { icon: "circle-slash", classes: "status-killed", label: "Stopped" },
};

export function statusLabel(status: RunStatus): string {
  return LOOKS[status].label;
}

export function statusIcon(status: RunStatus): TemplateResult {
  const look = LOOKS[status];
  return icon(look.icon, look.classes, look.label);
}
