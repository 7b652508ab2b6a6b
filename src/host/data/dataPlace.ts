import path from "node:path";
import * as vscode from "vscode";
import type { ProjectConnection } from "../engine/projectConnection.js";

/** Path of a file of the project relative to it, with `/`; undefined for the project itself and what lies outside. */
export function insideProject({ folder }: ProjectConnection, uri: vscode.Uri): string | undefined {
  const relative = path.relative(folder.uri.fsPath, uri.fsPath).split(path.sep).join("/");
  if (relative === "" || relative.startsWith("../") || relative === ".." || path.isAbsolute(relative))
    return undefined;
  return relative;
}

/** Where a dataset lies. */
export function uriOfData({ folder }: ProjectConnection, name: string): vscode.Uri {
  return vscode.Uri.joinPath(folder.uri, ...name.split("/"));
}
