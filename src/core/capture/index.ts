export { captureEnvironment, describeMachine } from "./captureEnvironment.js";
export type { CommandPlace } from "./findPython.js";
export { type NetworkTraffic, readNetwork } from "./system/readings.js";
export { networkMetrics, SystemSampler, type SystemSample } from "./system/systemSampler.js";
