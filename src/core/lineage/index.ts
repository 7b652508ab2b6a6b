export { captureCode, type CapturedCode, type CaptureOptions } from "./captureCode.js";
export { saveCode } from "./saveCode.js";
export type { CaptureLimits, SecretFilter } from "./types.js";
