import * as vscode from "vscode";
import type { ErrorCode } from "../shared/errors.js";

/** Every `when` context of Cairn and its values. package.json uses these names. */
export interface ContextKeys {
  /** A folder of the workspace has a database. */
  "cairn.hasProject": boolean;
  "cairn.hasRuns": boolean;
  "cairn.hasDeleted": boolean;
  "cairn.hasActiveRuns": boolean;
  /** The tree lists what was deleted. */
  "cairn.showDeleted": boolean;
  /** An engine is connected. */
  "cairn.connected": boolean;
  /** Another host owns the project. */
  "cairn.readOnly": boolean;
  /** Why no engine can be reached; empty while one can, or none was asked for. */
  "cairn.problem": ErrorCode | "";
}

const current: Partial<ContextKeys> = {};

/** Sets a context key; the same value again costs nothing. */
export function setContextKey<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
  if (current[key] === value) return;
  current[key] = value;
  void vscode.commands.executeCommand("setContext", key, value);
}
