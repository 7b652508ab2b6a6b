import { readFile, stat } from "node:fs/promises";
import * as vscode from "vscode";
import type { Projects } from "../engine/projects.js";
import { dataJob } from "./dataJob.js";
import type { VersionReference } from "./versionUri.js";

export const VERSION_SCHEME = "cairn-data";

/** Versions of data as read-only files, restored when they are first read. */
export class VersionFileSystem implements vscode.FileSystemProvider {
  private readonly emitter = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.emitter.event;

  constructor(private readonly projects: Projects) {}

  watch(): vscode.Disposable {
    // What a version holds never changes.
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text } = await parse(uri);
    const size = text === undefined ? (await stat(await this.restored(uri))).size : Buffer.byteLength(text);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: 0,
      size,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { text } = await parse(uri);
    return text === undefined ? readFile(await this.restored(uri)) : Buffer.from(text);
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.FileNotADirectory(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  private async restored(uri: vscode.Uri): Promise<string> {
    const { project: key, target, file } = await parse(uri);
    const project = this.projects.byKey(key);
    if (!project)
      throw vscode.FileSystemError.FileNotFound(vscode.l10n.t("The folder of this dataset is not open."));
    return (await dataJob(project, "dataExtract", { target, ...(file === undefined ? {} : { file }) })).file;
  }
}

/** Loaded when there is one: zod would be a third of what activation loads. */
async function parse(uri: vscode.Uri): Promise<VersionReference> {
  const { parseVersionUri } = await import("./versionUri.js");
  return parseVersionUri(uri);
}
