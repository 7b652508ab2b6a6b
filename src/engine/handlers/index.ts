import type { ArtifactStore } from "../../core/artifacts/index.js";
import type { Launcher } from "../../core/runs/types.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import type { Health } from "../../shared/protocol.js";
import type { DatabaseFacts } from "../facts.js";
import type { Reproducer } from "../pipeline/reproducer.js";
import type { JobPool } from "../workers/pool.js";
import type { AlertCenter } from "../alerts/alertCenter.js";
import { alertHandlers } from "./alerts.js";
import { artifactHandlers } from "./artifacts.js";
import { consoleHandlers } from "./console.js";
import { engineHandlers } from "./engine.js";
import { experimentHandlers } from "./experiments.js";
import type { Collector } from "../garbage/collector.js";
import { garbageHandlers } from "./garbage.js";
import { jobHandlers } from "./jobs.js";
import { metricHandlers } from "./metrics.js";
import { runHandlers } from "./runs.js";
import { tableHandlers } from "./tables.js";
import type { TableReader } from "../tables/tableReader.js";
import type { Handlers } from "./types.js";

export type { Handlers } from "./types.js";

export interface HandlerDeps {
  store: TrackingStore;
  facts: DatabaseFacts;
  launcher: Launcher;
  artifacts: ArtifactStore;
  jobs: JobPool;
  tables: TableReader;
  reproducer: Reproducer;
  alerts: AlertCenter;
  garbage: Collector;
  /** A window said whether its workspace is trusted. */
  onTrust: (trusted: boolean) => void;
  health: () => Promise<Health>;
  environment: () => Record<string, string>;
  drain: (reason: string) => number;
}

export function createHandlers(deps: HandlerDeps): Handlers {
  return {
    ...engineHandlers(deps),
    ...experimentHandlers(deps),
    ...runHandlers(deps),
    ...metricHandlers(deps.store),
    ...consoleHandlers(deps.launcher),
    ...artifactHandlers(deps),
    ...jobHandlers(deps.jobs, deps.reproducer),
    ...tableHandlers(deps),
    ...alertHandlers(deps),
    ...garbageHandlers(deps),
  };
}
