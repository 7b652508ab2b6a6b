import type { Health } from "../../src/shared/protocol.js";

/** The state of the engine as text for a bug report. Holds paths, no token and no data. */
export function healthReport(health: Health | null, problem: string | undefined, now: number): string {
  const lines = [`Cairn health, ${new Date(now).toISOString()}`];
  if (problem) lines.push(`Problem: ${problem}`);
  if (!health) return [...lines, "The engine is not running."].join("\n");
  return [...lines, JSON.stringify(health, null, 2)].join("\n");
}
