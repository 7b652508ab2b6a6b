import { readFile, stat } from "node:fs/promises";
import * as vscode from "vscode";
import * as z from "zod/mini";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Projects } from "../engine/projects.js";
import { dataJob } from "./dataJob.js";

export const VERSION_SCHEME = "cairn-data";

const reference = z.object({
  project: z.string(),
  /** `PATH@VERSION`. */
  target: z.string(),
  /** Of a folder. */
  file: z.optional(z.string()),
  /** Text that stands for the content: facts about one that no editor takes, nothing for one that is not there. */
  text: z.optional(z.string()),
});

export type VersionFile = Omit<z.infer<typeof reference>, "project">;

/** The address of a file of a version. Its name says which; the ending stays, so that the right editor opens it. */
export function versionUri(project: ProjectConnection, label: string, file: VersionFile): vscode.Uri {
  const name = file.file ?? file.target.slice(0, file.target.lastIndexOf("@"));
  const base = name.slice(name.lastIndexOf("/") + 1);
  const dot = base.lastIndexOf(".");
  const end = dot > 0 ? base.slice(dot) : "";
  const path = `/${base.slice(0, base.length - end.length)} (${label})${end}`;
  return vscode.Uri.from({
    scheme: VERSION_SCHEME,
    path,
    query: JSON.stringify({ ...file, project: project.key }),
  });
}

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
    const { text } = parse(uri);
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
    const { text } = parse(uri);
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
    const { project: key, target, file } = parse(uri);
    const project = this.projects.byKey(key);
    if (!project)
      throw vscode.FileSystemError.FileNotFound(vscode.l10n.t("The folder of this dataset is not open."));
    return (await dataJob(project, "dataExtract", { target, ...(file === undefined ? {} : { file }) })).file;
  }
}

function parse(uri: vscode.Uri): z.infer<typeof reference> {
  return z.parse(reference, JSON.parse(uri.query));
}
