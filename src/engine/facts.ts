import type { Health } from "../shared/protocol.js";

/** Runs of one experiment. */
export interface RunCount {
  runs: number;
  active: number;
}

/** What the engine tells of its database beyond the tracking data. */
export interface DatabaseFacts {
  describe(): Promise<Health["database"]>;
  counts(): Promise<Health["counts"]>;
  /** Runs that are not deleted, by experiment; those with none are left out. */
  countRuns(): Promise<Map<string, RunCount>>;
}
