export { stagesOf } from "./pipelines.js";
export { finishStage, planStages, prepareStage } from "./reproduce.js";
