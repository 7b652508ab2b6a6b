import * as vscode from "vscode";
import type { DataStatus, DataVersion } from "../../shared/data/api.js";
import { toError } from "../../shared/errors.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { dataJob } from "./dataJob.js";
import type { DataItem } from "./dataNodes.js";
import { findPointers, logOfUnrecorded } from "./unrecorded.js";

/** What is known of a project's data, loaded when it is first asked for. */
export class ProjectData implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<ReadonlySet<string> | undefined>();
  private items: Map<string, DataItem> | undefined;
  private loading: Promise<void> | undefined;
  private logs = new Map<string, Promise<DataVersion[]>>();
  private looking: Promise<void> | undefined;
  private lookAgain: Set<string> | undefined;

  /** These datasets look different now; undefined for the whole list. */
  readonly onDidChange = this.emitter.event;

  constructor(
    readonly project: ProjectConnection,
    private readonly extension: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Sorted by path. Empty where it cannot be known; starts no engine where nothing was recorded. */
  async datasets(): Promise<DataItem[]> {
    if (!this.items) await this.load();
    return [...(this.items?.values() ?? [])];
  }

  /** What is known at this moment. */
  find(path: string): DataItem | undefined {
    return this.items?.get(path);
  }

  get known(): Iterable<DataItem> {
    return this.items?.values() ?? [];
  }

  /** Newest first. Remembered until the data changes. */
  versions(path: string): Promise<DataVersion[]> {
    const known = this.logs.get(path);
    if (known) return known;
    const loaded = this.project.hasDatabase
      ? dataJob(this.project, "dataLog", { path }).then(({ versions }) => versions)
      : logOfUnrecorded(this.project, this.extension, path);
    this.logs.set(path, loaded);
    loaded.catch(() => this.logs.delete(path));
    return loaded;
  }

  /** Which datasets differ from their pointers: of those named, or of all. */
  async look(paths?: readonly string[]): Promise<void> {
    if (!this.items || !this.project.hasDatabase) return;
    this.lookAgain ??= new Set();
    for (const path of paths ?? this.items.keys()) this.lookAgain.add(path);
    this.looking ??= this.lookUntilDone().finally(() => {
      this.looking = undefined;
    });
    await this.looking;
  }

  /** Something was added, taken away or changed: what was known is not so any more. */
  async reload(): Promise<void> {
    if (!this.items) return;
    this.logs = new Map();
    await this.load();
    this.emitter.fire(undefined);
  }

  /** Sizes, recipes or runs of versions may be others now. */
  forgetVersions(): void {
    if (this.logs.size === 0) return;
    const paths = new Set(this.logs.keys());
    this.logs = new Map();
    this.emitter.fire(paths);
  }

  /** The dataset that a file is, or lies in. */
  datasetOf(file: string): DataItem | undefined {
    for (let path = file; path !== "."; path = parentOf(path)) {
      const item = this.items?.get(path);
      if (item) return item;
    }
    return undefined;
  }

  dispose(): void {
    this.emitter.dispose();
  }

  private load(): Promise<void> {
    this.loading ??= this.loadNow().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async loadNow(): Promise<void> {
    const { project } = this;
    const before = this.items;
    const found = new Map<string, DataItem>();
    const add = (path: string, more: Partial<DataItem>) => {
      const status = before?.get(path)?.status;
      found.set(path, { path, summary: undefined, status, ...found.get(path), ...more });
    };
    for (const path of await findPointers(project)) add(path, {});
    if (project.hasDatabase) {
      const { datasets } = await dataJob(project, "dataList", {});
      for (const summary of datasets) add(summary.path, { summary });
    }
    this.items = sorted(found);
    // Files may have to be read: that is not waited for.
    this.look().catch((error: unknown) => {
      this.log.warn(`Failed to look at the data of ${project.name}: ${toError(error).message}`);
    });
  }

  private async lookUntilDone(): Promise<void> {
    while (this.lookAgain && this.lookAgain.size > 0) {
      const wanted = this.lookAgain;
      this.lookAgain = undefined;
      const all = wanted.size >= (this.items?.size ?? 0);
      const { datasets } = await dataJob(this.project, "dataStatus", { paths: all ? [] : [...wanted] });
      this.take(datasets, all);
    }
  }

  private take(statuses: readonly DataStatus[], all: boolean): void {
    const { items } = this;
    if (!items) return;
    const changed = new Set<string>();
    let isListed = true;
    for (const status of statuses) {
      const item = items.get(status.path);
      if (!item) {
        // Made by a stage, so that it has no pointer of its own.
        items.set(status.path, { path: status.path, summary: undefined, status });
        isListed = false;
      } else if (JSON.stringify(item.status) !== JSON.stringify(status)) {
        item.status = status;
        changed.add(status.path);
      }
    }
    if (all) isListed = this.dropOthers(new Set(statuses.map(({ path }) => path))) && isListed;
    if (!isListed) {
      this.items = sorted(items);
      this.emitter.fire(undefined);
    } else if (changed.size > 0) this.emitter.fire(changed);
  }

  /** False when something was dropped: pointers in folders that VS Code looks into and Cairn does not. */
  private dropOthers(listed: ReadonlySet<string>): boolean {
    const others = [...(this.items?.values() ?? [])].filter(
      ({ path, summary }) => summary === undefined && !listed.has(path),
    );
    for (const { path } of others) this.items?.delete(path);
    return others.length === 0;
  }
}

function sorted(items: Map<string, DataItem>): Map<string, DataItem> {
  return new Map([...items].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? "." : path.slice(0, at);
}
