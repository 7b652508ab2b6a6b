import type * as vscode from "vscode";
import type { Projects } from "./engine/projects.js";
import type { RunColors } from "./runColors.js";
import type { ActiveRuns } from "./runs/activeRuns.js";

/** What lives as long as the extension does. */
export interface Services {
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  projects: Projects;
  activeRuns: ActiveRuns;
  colors: RunColors;
}
