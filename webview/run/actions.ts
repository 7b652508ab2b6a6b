import type { RunPanelApi } from "../../src/shared/run/api.js";
import type { PanelClient } from "../shared/client.js";

/** How the parts of the panel ask the host. */
export interface RunActions {
  /** For what has an answer. */
  request: PanelClient<RunPanelApi>["request"];
  /** For what is only done; a failure is shown over the panel. True when it was done. */
  ask<M extends keyof RunPanelApi["requests"]>(
    method: M,
    params: RunPanelApi["requests"][M]["params"],
  ): Promise<boolean>;
}
