import { wantsDvcCache } from "../core/data/index.js";
import { finishStage, planStages, prepareStage, stagesOf } from "../core/pipeline/index.js";
import { lookAtData, withData } from "./data.js";
import type { Job } from "./types.js";

export const stages: Job<"stages"> = (selection, context) =>
  lookAtData(context, (project) => stagesOf(project, selection));

export const stagePlan: Job<"stagePlan"> = ({ dvcCache, ...selection }, context) =>
  withData(context, (project) => {
    if (dvcCache !== undefined) wantsDvcCache(project, dvcCache);
    return planStages(project, selection);
  });

export const stagePrepare: Job<"stagePrepare"> = ({ name, force }, context) =>
  withData(context, (project) => prepareStage(project, name, { force }));

export const stageFinish: Job<"stageFinish"> = ({ name, before, message }, context) =>
  withData(context, (project) => finishStage(project, name, before, message));
