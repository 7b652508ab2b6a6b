import type * as vscode from "vscode";
import type { CommandRegistrar } from "./commands/registrar.js";

/** What every feature is given by `activate`. */
export interface Host {
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  commands: CommandRegistrar;
}
