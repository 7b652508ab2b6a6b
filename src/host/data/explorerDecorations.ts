import * as vscode from "vscode";
import type { Host } from "../features.js";
import { onSettingsChange, readSetting } from "../settings.js";
import { explainState, type ShownState, shownState } from "./describeData.js";
import { uriOfData } from "./dataPlace.js";
import type { DataItem } from "./dataNodes.js";
import type { ProjectData } from "./projectData.js";
import { decorationOf } from "./stateDecorations.js";
import type { WindowData } from "./windowData.js";

/** The DVC extension draws signs of its own. */
const OTHER = "iterative.dvc";

/** Signs at tracked data in the explorer: changed, not checked out, not stored. */
export function registerExplorerDecorations(host: Host, data: WindowData): ExplorerDecorations {
  const provider = new ExplorerDecorations(data);
  host.context.subscriptions.push(
    provider,
    vscode.window.registerFileDecorationProvider(provider),
    data.onDidChange(({ data: changed, paths }) => {
      provider.changed(changed, paths);
    }),
    onSettingsChange(["data.decorations"], () => {
      provider.redraw();
    }),
    vscode.extensions.onDidChange(() => {
      provider.redraw();
    }),
  );
  return provider;
}

export class ExplorerDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  readonly onDidChangeFileDecorations = this.emitter.event;
  /** Tracked data was drawn. */
  isUsed = false;

  constructor(private readonly data: WindowData) {}

  async provideFileDecoration(uri: vscode.Uri): Promise<vscode.FileDecoration | undefined> {
    if (uri.scheme !== "file" || vscode.extensions.getExtension(OTHER)) return undefined;
    const place = this.data.placeOf(uri);
    if (!place?.data.project.hasDatabase || !readSetting("data.decorations", uri)) return undefined;
    const { data, path } = place;
    // Only what has a pointer is worth an engine.
    if (path.endsWith(".dvc")) await data.datasets();
    const item = data.datasetOf(path.endsWith(".dvc") ? path.slice(0, -".dvc".length) : path);
    if (!item?.status) return undefined;
    this.isUsed = true;
    const state = stateOf(item, path);
    if (state === undefined) return undefined;
    const decoration = decorationOf(
      state,
      vscode.l10n.t("Cairn: {0}", explainState(item.status, vscode.l10n.t)),
    );
    // A folder that holds something changed is coloured, as source control does.
    decoration.propagate = state === "modified";
    return decoration;
  }

  changed(data: ProjectData, paths: ReadonlySet<string> | undefined): void {
    if (!paths) {
      this.emitter.fire(undefined);
      return;
    }
    this.emitter.fire(
      [...paths].flatMap((path) => [uriOfData(data.project, path), uriOfData(data.project, `${path}.dvc`)]),
    );
  }

  redraw(): void {
    this.emitter.fire(undefined);
  }

  dispose(): void {
    this.emitter.dispose();
  }
}

/** What a file of the explorer bears: the dataset its state, its pointer what the file that is not there cannot. */
function stateOf({ path: name, status }: DataItem, path: string): ShownState | undefined {
  if (!status) return undefined;
  const state = shownState(status);
  if (path === `${name}.dvc`) return status.state === "missing" || state === "broken" ? state : undefined;
  if (path === name) return state === "missing" ? undefined : state;
  const inside = path.slice(name.length + 1);
  return status.changed.includes(inside) || status.added.includes(inside) ? "modified" : undefined;
}
