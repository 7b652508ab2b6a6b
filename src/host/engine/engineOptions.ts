import os from "node:os";
import path from "node:path";
import type * as vscode from "vscode";
import { type ConnectOptions, readEngineFile } from "../../engine/client/index.js";
import { readSetting } from "../settings.js";

/** Where the data of a folder lies. */
export function dataDirOf(folder: vscode.WorkspaceFolder): string {
  return path.resolve(folder.uri.fsPath, movedDataDir(folder) ?? ".cairn");
}

/** How to find and start the engine of a folder, as its settings say. */
export function engineOptions(folder: vscode.WorkspaceFolder): ConnectOptions {
  const dataDir = movedDataDir(folder);
  const node = readSetting("nodePath", folder.uri);
  const idleMs = Math.round(readSetting("engine.idleMinutes", folder.uri) * 60_000);
  const synchronous = readSetting("synchronous", folder.uri);
  return {
    project: folder.uri.fsPath,
    kind: "vscode",
    start: "ifNeeded",
    mayOnlyRead: true,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(node === "" ? {} : { node }),
    engineArguments: ["--idle-ms", String(idleMs), "--synchronous", synchronous],
  };
}

/** Whether an engine of this machine runs for the folder; after a crash its file may name a process that is gone. */
export function isEngineAlive(folder: vscode.WorkspaceFolder): boolean {
  const file = readEngineFile(path.join(dataDirOf(folder), "engine.json"));
  if (file?.host !== os.hostname()) return false;
  try {
    process.kill(file.pid, 0);
    return true;
  } catch {
    return false;
  }
}

function movedDataDir(folder: vscode.WorkspaceFolder): string | undefined {
  const set = readSetting("dataDir", folder.uri);
  if (set !== "") return set;
  const inherited = process.env.CAIRN_DATA_DIR;
  return inherited === "" ? undefined : inherited;
}
