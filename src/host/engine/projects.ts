import * as vscode from "vscode";
import { CairnError } from "../../shared/errors.js";
import { setContextKey } from "../contextKeys.js";
import { onSettingsChange } from "../settings.js";
import { ProjectConnection } from "./projectConnection.js";

/** One connection per workspace folder, and the questions that concern all of them. */
export class Projects implements vscode.Disposable {
  private readonly byFolder = new Map<string, ProjectConnection>();
  private readonly changeEmitter = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [this.changeEmitter];

  /** A folder came or went, a database appeared, a connection changed. */
  readonly onDidChange = this.changeEmitter.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.subscriptions.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.syncFolders();
      }),
      onSettingsChange(["dataDir", "nodePath"], () => {
        vscode.Disposable.from(...this.all).dispose();
        this.byFolder.clear();
        this.syncFolders();
      }),
    );
    this.syncFolders();
  }

  get all(): ProjectConnection[] {
    return [...this.byFolder.values()];
  }

  /** Those in whose folder something was recorded. */
  get recorded(): ProjectConnection[] {
    return this.all.filter((project) => project.hasDatabase);
  }

  /** The project of a folder, by its URI. */
  byKey(key: string): ProjectConnection | undefined {
    return this.byFolder.get(key);
  }

  /**
   * The project that a command means: of `resource` or the active editor, the only one, or the one picked.
   * `recordedOnly` leaves out folders in which nothing was recorded.
   */
  async choose(resource?: vscode.Uri, recordedOnly = false): Promise<ProjectConnection> {
    const candidates = recordedOnly ? this.recorded : this.all;
    const uri = resource ?? vscode.window.activeTextEditor?.document.uri;
    const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
    const near = candidates.find((project) => project.folder.uri.toString() === folder?.uri.toString());
    const only = candidates.length === 1 ? candidates[0] : undefined;
    const chosen = near ?? only ?? (await pickProject(candidates));
    if (chosen) return chosen;
    if (candidates.length > 0) throw new vscode.CancellationError();
    throw recordedOnly
      ? new CairnError("notFound", vscode.l10n.t("Nothing has been recorded in this workspace yet."))
      : new CairnError("notFound", vscode.l10n.t("Cairn needs an open folder."), {
          hint: vscode.l10n.t("Open the folder of your project first."),
        });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, ...this.all).dispose();
  }

  private syncFolders(): void {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(
      (folder) => folder.uri.scheme === "file",
    );
    const wanted = new Set(folders.map((folder) => folder.uri.toString()));
    for (const [key, project] of this.byFolder) {
      if (wanted.has(key)) continue;
      this.byFolder.delete(key);
      project.dispose();
    }
    for (const folder of folders) {
      const key = folder.uri.toString();
      if (this.byFolder.has(key)) continue;
      const project = new ProjectConnection(folder, this.log);
      project.onState(() => {
        this.changed();
      });
      this.byFolder.set(key, project);
    }
    this.changed();
  }

  private changed(): void {
    const states = this.all.map((project) => project.state);
    const failed = states.find((state) => state.kind === "failed");
    setContextKey("cairn.hasProject", this.recorded.length > 0);
    setContextKey(
      "cairn.connected",
      states.some((state) => state.kind === "connected"),
    );
    setContextKey(
      "cairn.readOnly",
      states.some((state) => state.kind === "connected" && state.readOnly),
    );
    setContextKey("cairn.problem", failed?.error.code ?? "");
    this.changeEmitter.fire();
  }
}

async function pickProject(projects: ProjectConnection[]): Promise<ProjectConnection | undefined> {
  if (projects.length < 2) return undefined;
  const items = projects.map((project) => ({
    label: project.name,
    description: project.folder.uri.fsPath,
    project,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Cairn: which folder?") });
  return picked?.project;
}
