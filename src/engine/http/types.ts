import type { ArtifactStore } from "../../core/artifacts/types.js";
import type { Logger } from "../../core/logger.js";
import type { TrackingStore } from "../../core/tracking/types.js";

/** What the HTTP face of the engine is made of; wired in engine/main.ts. */
export interface HttpDeps {
  store: TrackingStore;
  artifacts: ArtifactStore;
  /** Sent by clients as `Authorization: Bearer …` (MLFLOW_TRACKING_TOKEN), or as Basic password. */
  token: string;
  logger: Logger;
  /** Called on each authorised request, for the idle clock. */
  onActivity(): void;
}
