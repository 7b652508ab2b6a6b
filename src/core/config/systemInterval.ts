import { parseDuration } from "../../shared/duration.js";
import type { ProjectConfigData } from "./schema.js";

const DEFAULT_MS = 5000;
/** More often would be felt by what is measured. */
const MIN_MS = 1000;

/** Milliseconds between two looks at the machine of a run; undefined where cairn.yaml says `system: false`. */
export function systemInterval({ system }: ProjectConfigData): number | undefined {
  if (system === false) return undefined;
  const every = system === undefined || system === true ? undefined : system.every;
  return Math.max(MIN_MS, (every === undefined ? undefined : parseDuration(every)) ?? DEFAULT_MS);
}
