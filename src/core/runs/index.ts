export { createLauncher, type LauncherOptions } from "./launcher.js";
export { GIT_BRANCH, GIT_DIRTY } from "./gitState.js";
export { REDACTED } from "./recordStart.js";
export { isAlive } from "./processIdentity.js";
export { choosePython, findOnPath } from "./interpreter.js";
export { displayCommand, fillTemplate } from "./shell.js";
export type { Launcher, RunningCommand, StartedRun } from "./types.js";
