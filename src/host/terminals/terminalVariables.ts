import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { readAccess, readEngineFile } from "../../engine/client/index.js";
import { dataDirOf } from "../engine/engineOptions.js";
import { readSetting } from "../settings.js";
import { ownTracking } from "./ownTracking.js";

/** What new terminals of a folder get; `off` where the user has switched it off, `none` where there is nothing to log to. */
export type TerminalTracking =
  { kind: "on"; variables: Record<string, string> } | { kind: "off" } | { kind: "none"; reason?: string };

/** A `.env` that people write is far smaller. */
const MAX_BYTES = 1 << 20;

/** Decides from what lies on disk: no engine is needed to know where one would be. */
export function terminalTracking(folder: vscode.WorkspaceFolder): TerminalTracking {
  // What lies in a folder that is not trusted must not lead terminals anywhere.
  if (!vscode.workspace.isTrusted) return { kind: "none" };
  const dataDir = dataDirOf(folder);
  const access = existsSync(path.join(dataDir, "cairn.db")) ? readAccess(dataDir) : undefined;
  if (!access?.used || access.port === 0) return { kind: "none" };
  const host = readEngineFile(path.join(dataDir, "engine.json"))?.host;
  if (host !== undefined && host !== os.hostname()) return { kind: "none" };
  const own = ownTracking({
    process: process.env,
    settings: terminalSettings(folder),
    dotEnv: readText(path.join(folder.uri.fsPath, ".env")),
  });
  if (own !== undefined) return { kind: "none", reason: own };
  if (!readSetting("terminals.track", folder.uri)) return { kind: "off" };
  const root = realpathSync(folder.uri.fsPath);
  const variables = {
    MLFLOW_TRACKING_URI: `http://127.0.0.1:${access.port}`,
    MLFLOW_TRACKING_TOKEN: access.token,
    CAIRN_PROJECT: root,
    ...(dataDir !== path.join(folder.uri.fsPath, ".cairn") &&
      dataDir !== path.join(root, ".cairn") && { CAIRN_DATA_DIR: dataDir }),
  };
  return { kind: "on", variables };
}

function terminalSettings(folder: vscode.WorkspaceFolder): Record<string, unknown> | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "osx" : "linux";
  return vscode.workspace.getConfiguration("terminal.integrated.env", folder.uri).get(platform);
}

function readText(file: string): string {
  try {
    return statSync(file).size > MAX_BYTES ? "" : readFileSync(file, "utf8");
  } catch {
    // None, or one that cannot be read: then nobody else reads it either.
    return "";
  }
}
