import { currentData, currentFiles, extractFile, versionFiles } from "../core/data/index.js";
import { lookAtData, withData } from "./data.js";
import type { Job } from "./types.js";

export const dataFiles: Job<"dataFiles"> = ({ target, now }, context) =>
  lookAtData(context, (project) =>
    now === true ? currentFiles(project, target) : versionFiles(project, target),
  );

export const dataExtract: Job<"dataExtract"> = (params, context) =>
  withData(context, (project) => extractFile(project, params));

export const dataNow: Job<"dataNow"> = ({ paths }, context) =>
  lookAtData(context, async (project) => ({ data: await currentData(project, paths) }));
