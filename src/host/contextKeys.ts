import * as vscode from "vscode";
import type { ContextKeys } from "./contextKeyTable.js";

const current: Partial<ContextKeys> = {};

/** Sets a context key; the same value again costs nothing. */
export function setContextKey<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
  if (current[key] === value) return;
  current[key] = value;
  void vscode.commands.executeCommand("setContext", key, value);
}
