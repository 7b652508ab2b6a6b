import * as vscode from "vscode";
import { toError } from "../../shared/errors.js";
import type { JobInfo } from "../../shared/protocol.js";
import { debounce } from "../debounce.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { insideProject } from "./dataPlace.js";
import { ProjectData } from "./projectData.js";

/** Jobs after which datasets, versions or pointers may be others. Of any client: the command line as well. */
const CHANGING = /^(?:data(?:Add|Checkout|Pull|Push|Import|Gc)|remoteAdd|repro)$/;

const RELOAD_MS = 300;
const RUNS_MS = 2_000;
/** Between two looks at all data because the window was turned to. */
const FOCUS_MS = 5_000;

export interface DataChange {
  data: ProjectData;
  /** Datasets; all of them, and the list itself, when undefined. */
  paths: ReadonlySet<string> | undefined;
}

/** The data of all folders of the window, followed as cheaply as can be: no data folder is watched. */
export class WindowData implements vscode.Disposable {
  private readonly byProject = new Map<
    ProjectConnection,
    { data: ProjectData; subscriptions: vscode.Disposable }
  >();
  private readonly emitter = new vscode.EventEmitter<DataChange>();
  private readonly subscriptions: vscode.Disposable[];
  private lastLook = 0;

  readonly onDidChange = this.emitter.event;
  /** Somebody sees the data, so that it is worth to be looked at when the window is turned to. */
  isSeen: () => boolean = () => false;

  constructor(private readonly services: Services) {
    this.subscriptions = [
      this.emitter,
      services.projects.onDidChange(() => {
        this.sync();
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.lookAtAll();
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        this.lookAt(uri);
      }),
    ];
    this.sync();
  }

  get all(): ProjectData[] {
    return [...this.byProject.values()].map(({ data }) => data);
  }

  of(project: ProjectConnection): ProjectData {
    const found = this.byProject.get(project) ?? this.follow(project);
    return found.data;
  }

  /** The project that a file belongs to, and its path there. */
  placeOf(uri: vscode.Uri): { data: ProjectData; path: string } | undefined {
    if (uri.scheme !== "file") return undefined;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const data = this.all.find(({ project }) => project.folder.uri.toString() === folder?.uri.toString());
    const path = data && insideProject(data.project, uri);
    return data && path !== undefined ? { data, path } : undefined;
  }

  dispose(): void {
    for (const { subscriptions } of this.byProject.values()) subscriptions.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private sync(): void {
    const { all } = this.services.projects;
    for (const [project, { data, subscriptions }] of [...this.byProject]) {
      if (all.includes(project)) continue;
      subscriptions.dispose();
      this.byProject.delete(project);
      this.emitter.fire({ data, paths: undefined });
    }
    for (const project of all) if (!this.byProject.has(project)) this.follow(project);
  }

  private follow(project: ProjectConnection): { data: ProjectData; subscriptions: vscode.Disposable } {
    const { context, log } = this.services;
    const data = new ProjectData(project, context.extensionUri, log);
    const careful = (doing: string, work: () => Promise<void>) => async () => {
      try {
        await work();
      } catch (error) {
        log.warn(`Failed to ${doing} of ${project.name}: ${toError(error).message}`);
      }
    };
    const reload = debounce(
      RELOAD_MS,
      careful("load the data", () => data.reload()),
    );
    const runsChanged = debounce(RUNS_MS, () => {
      if (this.isSeen()) data.forgetVersions();
    });
    const pointers = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(project.folder, "**/*.dvc"),
    );
    let hadDatabase = project.hasDatabase;
    const subscriptions = vscode.Disposable.from(
      data,
      pointers,
      pointers.onDidCreate(reload),
      pointers.onDidChange(reload),
      pointers.onDidDelete(reload),
      data.onDidChange((paths) => {
        this.emitter.fire({ data, paths });
      }),
      project.onJob((job) => {
        if (hasEnded(job, CHANGING)) reload();
        else if (hasEnded(job, /^dataPack$/)) runsChanged();
      }),
      project.onChanged(runsChanged),
      project.onState(({ kind }) => {
        // The first command that records makes the database; an engine that failed may be back.
        if ((hadDatabase || !project.hasDatabase) && kind !== "failed") return;
        hadDatabase = project.hasDatabase;
        reload();
      }),
    );
    const followed = { data, subscriptions };
    this.byProject.set(project, followed);
    return followed;
  }

  private lookAtAll(): void {
    if (!this.isSeen() || Date.now() - this.lastLook < FOCUS_MS) return;
    this.lastLook = Date.now();
    for (const data of this.all) if (data.project.state.kind === "connected") this.look(data);
  }

  private lookAt(uri: vscode.Uri): void {
    const place = this.placeOf(uri);
    const item = place?.data.datasetOf(place.path);
    if (place && item) this.look(place.data, [item.path]);
  }

  private look(data: ProjectData, paths?: readonly string[]): void {
    data.look(paths).catch((error: unknown) => {
      this.services.log.warn(`Failed to look at the data of ${data.project.name}: ${toError(error).message}`);
    });
  }
}

function hasEnded({ kind, state }: JobInfo, kinds: RegExp): boolean {
  return state !== "queued" && state !== "running" && kinds.test(kind);
}
