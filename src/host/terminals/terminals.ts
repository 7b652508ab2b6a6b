import * as vscode from "vscode";
import { toErrorShape } from "../../shared/errors.js";
import { setContextKey } from "../contextKeys.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Host } from "../features.js";
import { onSettingsChange } from "../settings.js";
import { type TerminalTracking, terminalTracking } from "./terminalVariables.js";

/**
 * Lets scripts of new terminals log to Cairn. The variables are set once, because VS Code marks every open terminal
 * when they change; a project that gets its first run later waits until no terminal is open. While a terminal is open
 * that has them, its engine is kept.
 */
export function registerTerminals(host: Host): void {
  const { context, projects, commands } = host;
  // Not kept over reloads: where .cairn is gone, this code does not run and could not take them back.
  context.environmentVariableCollection.persistent = false;
  const tracked = new Map<string, TerminalTracking>();
  const item = vscode.window.createStatusBarItem("cairn.terminals", vscode.StatusBarAlignment.Left, 19);
  item.name = vscode.l10n.t("Cairn: Terminals");

  const decide = (project: ProjectConnection, wanted: TerminalTracking) => {
    const before = tracked.get(project.key);
    if (JSON.stringify(before) === JSON.stringify(wanted)) return;
    if (wanted.kind === "none" && wanted.reason !== undefined)
      host.log.info(`Terminals of ${project.name} keep the tracking server of ${wanted.reason}.`);
    tracked.set(project.key, wanted);
    setVariables(context, project.folder, wanted.kind === "on" ? wanted.variables : {});
  };
  const draw = () => {
    const kinds = projects.all.map((project) => tracked.get(project.key)?.kind);
    const isOn = kinds.includes("on");
    setContextKey("cairn.tracksTerminals", isOn);
    drawItem(item, isOn ? "on" : kinds.includes("off") ? "off" : "none");
  };
  const hasTerminals = () => vscode.window.terminals.length > 0;
  const look = () => {
    for (const project of projects.all) {
      const current = tracked.get(project.key);
      if (current?.kind === "on") continue;
      const wanted = terminalTracking(project.folder);
      const isLate = current !== undefined && wanted.kind === "on";
      if (!isLate || !hasTerminals()) decide(project, wanted);
    }
    draw();
  };
  const keepEngines = () => {
    for (const project of projects.all) {
      const { kind } = project.state;
      if (!hasTerminals() || tracked.get(project.key)?.kind !== "on" || kind === "connected") continue;
      project.connect().catch((error: unknown) => {
        host.log.warn(`No engine for the terminals of ${project.name}: ${toErrorShape(error).message}`);
      });
    }
  };
  const told = new Map<ProjectConnection, string>();
  const tellEngines = () => {
    for (const project of projects.all) {
      if (project.state.kind !== "connected") {
        told.delete(project);
        continue;
      }
      const terminals = hasTerminals() && tracked.get(project.key)?.kind === "on";
      const state = { trusted: vscode.workspace.isTrusted, terminals };
      if (told.get(project) === JSON.stringify(state)) continue;
      told.set(project, JSON.stringify(state));
      project.request("windowState", state).catch((error: unknown) => {
        told.delete(project);
        host.log.warn(`Failed to tell the engine of ${project.name}: ${toErrorShape(error).message}`);
      });
    }
  };
  /** The port of an engine is another one when somebody else has taken the old one: then the variables must follow. */
  const correct = () => {
    for (const project of projects.all) {
      const current = tracked.get(project.key);
      if (project.state.kind === "connected" && current?.kind === "on")
        decide(project, terminalTracking(project.folder));
    }
  };

  for (const [id, on] of [
    ["cairn.trackTerminals", true],
    ["cairn.untrackTerminals", false],
  ] as const)
    commands.register(id, async () => {
      const settings = vscode.workspace.getConfiguration("cairn");
      await settings.update("terminals.track", on, vscode.ConfigurationTarget.Workspace);
      for (const project of projects.all) decide(project, terminalTracking(project.folder));
      draw();
      tellEngines();
    });
  const update = () => {
    correct();
    look();
    tellEngines();
  };
  context.subscriptions.push(
    item,
    projects.onDidChange(update),
    // The first run of a project.
    host.activeRuns.onDidChange(look),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
    onSettingsChange(["terminals.track"], () => {
      for (const project of projects.all) decide(project, terminalTracking(project.folder));
      update();
    }),
    vscode.window.onDidOpenTerminal(() => {
      keepEngines();
      tellEngines();
    }),
    vscode.window.onDidCloseTerminal(update),
    { dispose: () => clearTimeout(later) },
  );
  update();
  // After activation, which starts nothing.
  const later = setTimeout(keepEngines, 0);
}

function setVariables(
  context: vscode.ExtensionContext,
  workspaceFolder: vscode.WorkspaceFolder,
  variables: Record<string, string>,
): void {
  const collection = context.environmentVariableCollection.getScoped({ workspaceFolder });
  const names = Object.keys(variables);
  for (const [name] of [...collection]) if (!names.includes(name)) collection.delete(name);
  for (const [name, value] of Object.entries(variables))
    if (collection.get(name)?.value !== value) collection.replace(name, value);
  collection.description =
    names.length === 0
      ? undefined
      : vscode.l10n.t("Scripts started here log their runs to Cairn. The status bar switches it off.");
}

function drawItem(item: vscode.StatusBarItem, kind: TerminalTracking["kind"]): void {
  if (kind === "none") {
    item.hide();
    return;
  }
  const isOn = kind === "on";
  item.text = isOn ? "$(terminal) Cairn" : "$(circle-slash) Cairn";
  item.tooltip = isOn
    ? vscode.l10n.t("New terminals log their runs to Cairn. Click to switch it off.")
    : vscode.l10n.t("New terminals do not log to Cairn. Click to switch it on.");
  item.accessibilityInformation = { label: item.tooltip, role: "button" };
  item.command = isOn ? "cairn.untrackTerminals" : "cairn.trackTerminals";
  item.show();
}
