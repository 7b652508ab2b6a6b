import * as z from "zod/mini";
import type { RunPanelState } from "../../shared/run/api.js";
import type { RunsPanelState } from "../../shared/runs/api.js";
import { runState, runsState } from "./parsers.js";

/** Reads what a panel kept over a reload; undefined when it kept nothing usable. */
export const parsers = {
  runs: (kept: unknown): RunsPanelState | undefined => z.safeParse(runsState, kept).data,
  run: (kept: unknown): RunPanelState | undefined => z.safeParse(runState, kept).data,
};
