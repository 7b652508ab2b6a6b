import type { CodeState } from "./capture.js";
import type { ErrorShape } from "./errors.js";
import type { JobKind } from "./protocol.js";

/** Parameters and output of each kind of job. */
export interface Jobs {
  /** Looks for damage: SQLite's own check and whether what refers to each other is there. */
  checkDatabase: { params: Record<string, never>; output: { problems: string[] } };
  /** A consistent copy of the database, while it is used. `file` is absolute and must not exist. */
  backup: { params: { file: string }; output: { file: string; bytes: number } };
  /** What takes space in the data folder, largest first. */
  diskUse: {
    params: Record<string, never>;
    output: { total: number; areas: { name: string; bytes: number; files: number }[] };
  };
}

export type JobParams<K extends JobKind> = Jobs[K]["params"];
export type JobOutput<K extends JobKind> = Jobs[K]["output"];

/** From the engine to a worker. One job at a time. */
export type ToWorker =
  | { type: "start"; kind: string; params: Record<string, unknown>; project: string; dataDir: string }
  | { type: "abort" };

/** From a worker to the engine. */
export type FromWorker =
  | { type: "progress"; progress?: number; message?: string }
  | { type: "done"; output: unknown }
  | { type: "failed"; error: ErrorShape };
  /**
   * Writes the state of the code around the project `folder` to `cairn/code.json` and `cairn/changes.patch` below the
   * run's artifact folder. Both are absolute; `redact` are patterns of what is never recorded.
   */
  captureCode: {
    params: { runId: string; folder: string; artifacts: string; redact: string[] };
    output: CodeState;
  };
