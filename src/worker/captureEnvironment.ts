import path from "node:path";
import { captureEnvironment as capture } from "../core/capture/index.js";
import { saveJson } from "../core/files/index.js";
import { CAPTURED } from "../shared/capture.js";
import type { Job } from "./types.js";

/** Looks at where a command runs and writes what it finds to the artifacts of its run. */
export const captureEnvironment: Job<"captureEnvironment"> = async ({ artifacts, ...place }) => {
  const state = await capture(place);
  await saveJson(path.join(artifacts, CAPTURED.environment), state);
  return state;
};
