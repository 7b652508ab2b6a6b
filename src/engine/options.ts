import type { Logger } from "../core/logger.js";
import type { ProjectPaths } from "../core/project/index.js";
import type { LockHolder } from "./client/handshake.js";

export const DEFAULT_IDLE_MS = 5 * 60_000;

export interface EngineOptions {
  paths: ProjectPaths;
  /** `daemon` listens for clients; `inProcess` serves only the process it is in. */
  mode: LockHolder["mode"];
  /**
   * Without the project's lock and without writing anything to it: only what is there can be looked at. A daemon's
   * `paths` are then those of a reader, and `project` the real ones.
   */
  readOnly?: boolean;
  project?: ProjectPaths;
  logger: Logger;
  /** Never to be logged from here on. */
  hideFromLog?: (secret: string) => void;
  /** Ends after so long without need; 0 never. */
  idleMs?: number;
  /** FULL survives a power cut, NORMAL the death of the process. */
  synchronous?: "NORMAL" | "FULL";
  /** Those of this build unless a test says otherwise. */
  version?: string;
  protocol?: number;
}
