import * as vscode from "vscode";
import { settingDefaults, type Settings } from "./settingsTable.js";

/** Reads a setting as it applies to `folder`. */
export function readSetting<K extends keyof Settings>(key: K, folder?: vscode.Uri): Settings[K] {
  return vscode.workspace.getConfiguration("cairn", folder).get<Settings[K]>(key, settingDefaults[key]);
}

/** Calls back when one of these settings changed for some folder. */
export function onSettingsChange(keys: readonly (keyof Settings)[], callback: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (keys.some((key) => event.affectsConfiguration(`cairn.${key}`))) callback();
  });
}
