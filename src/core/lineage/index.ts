export { captureCode, type CapturedCode, type CaptureOptions } from "./captureCode.js";
export { lookQuickly, type QuickLook } from "./lookQuickly.js";
export { saveCode } from "./saveCode.js";
export type { CaptureLimits, SecretFilter } from "./types.js";
