import { constants } from "node:os";
import { stat } from "node:fs/promises";
import { TAG, type KeyValue, type RunStatus } from "../../shared/tracking.js";
import type { LaunchFolder } from "./launchFolder.js";
import type { ExitRecord, StopRecord } from "./records.js";

/** How a launched run ended, as it goes into the store. */
export interface EndOfRun {
  status: RunStatus;
  exitCode: number | null;
  endReason?: string;
  /** Milliseconds since the epoch. */
  endTime: number;
  tags: KeyValue[];
}

const SHELL_SIGNAL = 128;

/** A shell ends with 128 + number where its command was ended by a signal. */
function signalOf(exit: ExitRecord, shell: boolean): string | undefined {
  if (exit.signal !== null) return exit.signal;
  if (!shell || exit.exitCode === null || exit.exitCode <= SHELL_SIGNAL) return undefined;
  const number = exit.exitCode - SHELL_SIGNAL;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}

function describe(
  status: RunStatus,
  exitCode: number | null,
  endTime: number,
  endReason: string | undefined,
): EndOfRun {
  const tags = [
    ...(exitCode === null ? [] : [{ key: TAG.exitCode, value: String(exitCode) }]),
    ...(endReason === undefined ? [] : [{ key: TAG.endReason, value: endReason }]),
  ];
  return { status, exitCode, endTime, tags, ...(endReason === undefined ? {} : { endReason }) };
}

/** End by the runner's record, which has the last word over what the script's own client said of the run. */
export function endByRecord(exit: ExitRecord, stop: StopRecord | undefined, shell: boolean): EndOfRun {
  const { exitCode, endTime } = exit;
  if (exit.error !== undefined) return describe("FAILED", exitCode, endTime, exit.error.message);
  if (stop !== undefined && stop.time <= endTime) return describe("KILLED", exitCode, endTime, "stopped");
  if (exitCode === 0) return describe("FINISHED", exitCode, endTime, undefined);
  const signal = signalOf(exit, shell);
  return describe("FAILED", exitCode, endTime, signal === undefined ? undefined : `signal ${signal}`);
}

/** End of a run of which only the absence is known. The console's last byte is the last sign of life. */
export async function endByAbsence(
  files: LaunchFolder,
  stop: StopRecord | undefined,
  startTime: number,
  reason = "process is gone",
): Promise<EndOfRun> {
  const lastOutput = await stat(files.console).then(
    (info) => Math.round(info.mtimeMs),
    () => startTime,
  );
  const endTime = Math.max(startTime, lastOutput);
  return stop === undefined
    ? describe("FAILED", null, endTime, reason)
    : describe("KILLED", null, Math.max(endTime, stop.time), "stopped");
}
