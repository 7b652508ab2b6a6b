export { captureEnvironment, describeMachine } from "./captureEnvironment.js";
export type { CommandPlace } from "./findPython.js";
export { saveJson } from "./saveJson.js";
