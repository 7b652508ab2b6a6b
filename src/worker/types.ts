import type { ProjectPaths } from "../core/project/index.js";
import type { JobOutput, JobParams } from "../shared/jobs.js";
import type { JobKind } from "../shared/protocol.js";

/** What a job is given besides its parameters. */
export interface JobContext {
  paths: ProjectPaths;
  /** Another host owns the project: nothing of it may be opened for writing. */
  readOnly?: boolean;
  progress: (state: { progress?: number; message?: string }) => void;
  signal: AbortSignal;
}

export type Job<K extends JobKind> = (params: JobParams<K>, context: JobContext) => Promise<JobOutput<K>>;
