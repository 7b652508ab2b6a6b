export { captureRuns, type CaptureDeps } from "./captureRuns.js";
