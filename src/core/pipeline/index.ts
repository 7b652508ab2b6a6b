export { readPipelines, stagesOf } from "./pipelines.js";
export { select as selectStages } from "./graph.js";
export {
  assertSound,
  finishStage,
  type LockedBefore,
  type Prepared,
  prepareStage,
  type StageLaunch,
} from "./reproduce.js";
export type { MetricValue } from "./metrics.js";
