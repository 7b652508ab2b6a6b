export { SystemMetrics } from "./systemMetrics.js";
export { captureRuns, type CaptureDeps } from "./captureRuns.js";
