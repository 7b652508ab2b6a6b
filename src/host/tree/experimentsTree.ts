import * as vscode from "vscode";
import { registerAlerts } from "../alerts/registerAlerts.js";
import { setContextKey } from "../contextKeys.js";
import { debounce } from "../debounce.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Host } from "../features.js";
import { ExperimentsProvider } from "./experimentsProvider.js";
import type { MoreNode, TreeNode } from "./nodes.js";

export const EXPERIMENTS_VIEW = "cairn.experiments";

const SHOW_DELETED = "cairn.showDeleted";
const VALUES_MS = 500;
const CHANGES_MS = 250;

/** Registers the Experiments tree, which asks for nothing while it is out of sight. */
export function registerExperimentsTree(host: Host): ExperimentsProvider {
  const { context, projects, activeRuns, commands } = host;
  const showDeleted = context.workspaceState.get<boolean>(SHOW_DELETED, false);
  setContextKey(SHOW_DELETED, showDeleted);
  const provider = new ExperimentsProvider(host, showDeleted);
  const view = vscode.window.createTreeView<TreeNode>(EXPERIMENTS_VIEW, {
    treeDataProvider: provider,
    canSelectMany: true,
    showCollapseAll: true,
  });
  registerAlerts(host, view);

  const touched = new Map<ProjectConnection, Set<string>>();
  const update = debounce(CHANGES_MS, async () => {
    if (!view.visible) return;
    for (const [project, experimentIds] of [...touched]) {
      touched.delete(project);
      try {
        await provider.update(project, experimentIds);
      } catch (error) {
        host.log.warn(`Failed to refresh the experiments of ${project.name}: ${String(error)}`);
      }
    }
  });
  const valued = new Set<string>();
  const updateValues = debounce(VALUES_MS, () => {
    if (view.visible) provider.updateValues([...valued]);
    valued.clear();
  });

  const listening = new Map<ProjectConnection, vscode.Disposable>();
  const listen = () => {
    for (const project of projects.all) {
      if (listening.has(project)) continue;
      const changed = project.onChanged(({ runs, all }) => {
        if (all) provider.refresh();
        const ids = touched.get(project) ?? new Set<string>();
        for (const run of runs) ids.add(run.experimentId);
        touched.set(project, ids);
        update();
      });
      let before = project.state.kind;
      const state = project.onState(({ kind }) => {
        // What was drawn stays when an engine ends: asking for it again would start the next one.
        const stays = kind === "connecting" || (kind === "idle" && before !== "none");
        before = kind;
        if (!stays) provider.refresh();
        view.message = readOnlyMessage(projects.all);
      });
      listening.set(project, vscode.Disposable.from(changed, state));
    }
  };
  listen();

  const setShowDeleted = (show: boolean) => {
    setContextKey(SHOW_DELETED, show);
    void context.workspaceState.update(SHOW_DELETED, show);
    provider.setShowDeleted(show);
  };
  commands.register("cairn.showDeleted", () => {
    setShowDeleted(true);
  });
  commands.register("cairn.hideDeleted", () => {
    setShowDeleted(false);
  });
  commands.register("cairn.showMore", (node) => {
    provider.showMore(node as MoreNode);
  });
  commands.register("cairn.refresh", async () => {
    await Promise.allSettled(projects.recorded.map((project) => project.connect()));
    provider.refresh();
  });

  context.subscriptions.push(
    view,
    projects.onDidChange(() => {
      listen();
    }),
    view.onDidChangeVisibility(() => {
      update();
    }),
    activeRuns.onValues((runIds) => {
      for (const runId of runIds) valued.add(runId);
      updateValues();
    }),
    {
      dispose: () => {
        vscode.Disposable.from(...listening.values()).dispose();
      },
    },
  );
  return provider;
}

/** Why nothing can be started or changed; nothing to say where it can. */
function readOnlyMessage(projects: readonly ProjectConnection[]): string | undefined {
  const names = projects.filter(({ state }) => state.kind === "connected" && state.readOnly);
  if (names.length === 0) return undefined;
  return vscode.l10n.t(
    "Open for reading only: {0}. Cairn: Show Health says why.",
    names.map(({ name, state }) => named(name, state)).join(", "),
  );
}

function named(name: string, state: ProjectConnection["state"]): string {
  if (state.kind !== "connected" || state.owner === undefined) return name;
  return vscode.l10n.t("{0} (owned by {1})", name, state.owner);
}
