import * as vscode from "vscode";
import { CairnError } from "../../shared/errors.js";
import { showFailure } from "../showFailure.js";
import type { CommandHandler } from "../commands/registrar.js";
import type { Host } from "../features.js";
import { requireTrust } from "../runs/requireTrust.js";
import { chooseDataSet, chooseVersion, type DataServices } from "./chooseData.js";
import { DataProvider } from "./dataProvider.js";
import type { DataNode, MoreDataNode } from "./dataNodes.js";
import type { DataCommand } from "./dataLater.js";
import { uriOfData } from "./dataPlace.js";
import { versionLabel } from "./describeData.js";
import { registerExplorerDecorations } from "./explorerDecorations.js";
import { StateDecorations } from "./stateDecorations.js";
import { WindowData } from "./windowData.js";

export const DATA_VIEW = "cairn.data";

type Register = (id: DataCommand, handler: CommandHandler) => void;

/** The Data view, its commands and the signs in the explorer. */
export function registerData(host: Host, register: Register): DataProvider {
  const { context, projects } = host;
  const data = new WindowData(host);
  const provider = new DataProvider(host, data);
  const view = vscode.window.createTreeView<DataNode>(DATA_VIEW, {
    treeDataProvider: provider,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const explorer = registerExplorerDecorations(host, data);
  data.isSeen = () => view.visible || explorer.isUsed;
  context.subscriptions.push(
    view,
    data,
    data.onDidChange((change) => {
      provider.changed(change);
    }),
    projects.onDidChange(() => {
      if (view.visible) provider.refresh();
    }),
    vscode.window.registerFileDecorationProvider(new StateDecorations()),
  );
  registerCommands(register, { ...host, data }, provider, view);
  return provider;
}

function registerCommands(
  register: Register,
  host: DataServices & Pick<Host, "panels">,
  provider: DataProvider,
  view: vscode.TreeView<DataNode>,
): void {
  const trusted = () =>
    requireTrust(
      vscode.l10n.t("Data is only looked at in Restricted Mode. Trust this workspace to change it."),
    );

  register("cairn.dataAdd", async (given, selection, more) => {
    await trusted();
    const { addVersion } = await import("./actions.js");
    return addVersion(host, given, selection, (more as { message?: string } | undefined)?.message);
  });

  register("cairn.dataCheckout", async (given) => {
    await trusted();
    const { checkOut } = await import("./actions.js");
    return checkOut(host, given);
  });

  for (const kind of ["dataPush", "dataPull"] as const)
    register(`cairn.${kind}`, async (given, selection) => {
      await trusted();
      const { transfer } = await import("./actions.js");
      return transfer(host, kind, given, selection);
    });

  register("cairn.dataAddRemote", async (given) => {
    await trusted();
    const { addRemote } = await import("./actions.js");
    return addRemote(await host.projects.choose(), given);
  });

  register("cairn.repro", async (given) => {
    await requireTrust();
    const { reproduce } = await import("./actions.js");
    return reproduce(host, given);
  });

  register("cairn.dataOpenVersion", async (given) => {
    const { openVersion } = await import("./actions.js");
    await openVersion(host, given);
  });

  register("cairn.dataCompare", async (given, selection) => {
    const { compareVersions } = await import("./actions.js");
    await compareVersions(host, given, selection);
  });

  register("cairn.dataShowRuns", async (given) => {
    const title = vscode.l10n.t("Cairn: Show Runs of Data Version");
    const { project, path, version } = await chooseVersion(host, given, title, ({ runs }) => runs.length > 0);
    await host.panels.openRuns(project, {
      title: vscode.l10n.t("Runs of {0} {1}", path.slice(path.lastIndexOf("/") + 1), versionLabel(version)),
      filter: `dataset.digest = '${version.md5}'`,
    });
  });

  register("cairn.dataOpen", async (given) => {
    const { project, path } = await chooseDataSet(host, given, vscode.l10n.t("Cairn: Open Dataset"));
    const uri = uriOfData(project, path);
    const isFolder = await vscode.workspace.fs.stat(uri).then(
      ({ type }) => (type & vscode.FileType.Directory) !== 0,
      () => undefined,
    );
    if (isFolder === undefined)
      throw new CairnError("notFound", vscode.l10n.t("{0} is not here.", path), {
        hint: vscode.l10n.t("Check out one of its versions."),
      });
    await vscode.commands.executeCommand(isFolder ? "revealInExplorer" : "vscode.open", uri);
  });

  register("cairn.dataCopyPath", async (given) => {
    const { path } = await chooseDataSet(host, given, vscode.l10n.t("Cairn: Copy Path of Dataset"));
    await vscode.env.clipboard.writeText(path);
  });

  register("cairn.dataCopyHash", async (given) => {
    const { version } = await chooseVersion(host, given, vscode.l10n.t("Cairn: Copy Hash of Data Version"));
    await vscode.env.clipboard.writeText(version.md5);
  });

  register("cairn.dataReveal", async (given) => {
    const wanted = given as { version?: number } | undefined;
    const { project, path } = await chooseDataSet(host, given, vscode.l10n.t("Cairn: Reveal in Data View"));
    const node = await provider.find(project, path, wanted?.version);
    if (node) await view.reveal(node, { select: true, focus: true, expand: node.kind === "dataset" });
  });

  register("cairn.dataRefresh", async () => {
    // What was never asked for is asked for when it is drawn; an engine that failed is tried again.
    await Promise.allSettled(host.projects.recorded.map((project) => project.connect()));
    for (const data of host.data.all)
      await data.reload().catch((error: unknown) => {
        showFailure(host.log, "refresh data", error);
      });
    provider.refresh();
  });

  register("cairn.dataShowMore", (node) => {
    provider.showMore(node as MoreDataNode);
  });
}
