export { captureCode, type CapturedCode, type CaptureOptions } from "./captureCode.js";
export { lookQuickly, type QuickLook } from "./lookQuickly.js";
export { saveCode } from "./saveCode.js";
export type { CaptureLimits, SecretFilter } from "./types.js";
export { findGit } from "./git/findGit.js";
export { type GitOptions, mustRunGit, runGit } from "./git/runGit.js";
export { parseIgnores, readOptional } from "./plain/ignores.js";
