import { spawn } from "node:child_process";
import type { DueDelivery } from "../../core/alerts/index.js";
import { CairnError } from "../../shared/errors.js";

const TIMEOUT_MS = 60_000;

/**
 * Runs a rule's command line through the shell, in the project's folder, with the alert in CAIRN_ALERT (JSON) and its
 * parts in CAIRN_ALERT_KIND, _RULE, _RUN, _RUN_NAME, _METRIC and _MESSAGE. Its output goes nowhere. Throws CairnError
 * `unavailable` when it fails or takes over a minute (it is killed then), `cancelled`.
 */
export async function runHook(
  line: string,
  alert: DueDelivery,
  options: { cwd: string; signal: AbortSignal; timeoutMs?: number },
): Promise<void> {
  const { cwd, signal, timeoutMs = TIMEOUT_MS } = options;
  const posix = process.platform !== "win32";
  const child = spawn(line, {
    shell: true,
    cwd,
    detached: posix,
    windowsHide: true,
    stdio: "ignore",
    env: { ...process.env, ...variablesOf(alert) },
  });
  const kill = () => {
    // The shell's children too.
    if (posix && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    else child.kill();
  };
  const timer = setTimeout(kill, timeoutMs);
  signal.addEventListener("abort", kill, { once: true });
  try {
    const how = await new Promise<string | undefined>((resolve) => {
      child.once("error", (error) => {
        resolve(error.message);
      });
      child.once("exit", (code, by) => {
        resolve(code === 0 ? undefined : (by ?? `exit code ${code ?? ""}`));
      });
    });
    if (signal.aborted) throw new CairnError("cancelled", "Cancelled.");
    if (how !== undefined)
      throw new CairnError("unavailable", `The hook of the alert ${alert.rule} failed: ${how}.`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

function variablesOf(alert: DueDelivery): Record<string, string> {
  return {
    CAIRN_ALERT: JSON.stringify(alert),
    CAIRN_ALERT_KIND: alert.kind,
    CAIRN_ALERT_RULE: alert.rule,
    CAIRN_ALERT_RUN: alert.runId,
    CAIRN_ALERT_RUN_NAME: alert.runName,
    CAIRN_ALERT_METRIC: alert.metric ?? "",
    CAIRN_ALERT_MESSAGE: alert.message,
  };
}
