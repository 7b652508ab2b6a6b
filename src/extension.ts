import * as vscode from "vscode";
import { registerCodeDocuments } from "./host/code/codeDocuments.js";
import { registerExperimentCommands } from "./host/commands/experimentCommands.js";
import { registerProjectCommands } from "./host/commands/projectCommands.js";
import { registerRecordingCommands } from "./host/commands/recordingCommands.js";
import { CommandRegistrar } from "./host/commands/registrar.js";
import { registerRunChanges } from "./host/commands/runChanges.js";
import { registerRunCommands } from "./host/commands/runCommands.js";
import type { DataProvider } from "./host/data/dataProvider.js";
import { registerDataLater } from "./host/data/dataLater.js";
import { registerDiskUse } from "./host/disk/registerDiskUse.js";
import { Projects } from "./host/engine/projects.js";
import type { Host } from "./host/features.js";
import { Panels } from "./host/panels/panels.js";
import { RunColors } from "./host/runColors.js";
import { ActiveRuns } from "./host/runs/activeRuns.js";
import type { Services } from "./host/services.js";
import { showFailure } from "./host/showFailure.js";
import { registerReadOnly, registerStatusBar } from "./host/statusBar.js";
import { registerTerminals } from "./host/terminals/terminals.js";
import { registerExperimentsTree } from "./host/tree/experimentsTree.js";
import type { TreeNode } from "./host/tree/nodes.js";

/** What the in-editor tests can see that the editor does not show them. */
export interface ExtensionApi {
  /** Milliseconds that `activate` took. */
  activationTime: number;
  experiments: vscode.TreeDataProvider<TreeNode> | undefined;
  data: Promise<DataProvider> | undefined;
}

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const start = performance.now();
  const log = vscode.window.createOutputChannel("Cairn", { log: true });
  context.subscriptions.push(log);
  try {
    const host = wire(context, log);
    // Each can fail without taking the others with it.
    const feature = <T>(register: (host: Host) => T): T | undefined => {
      try {
        return register(host);
      } catch (error) {
        showFailure(log, `start ${register.name}`, error);
        return undefined;
      }
    };
    feature(registerProjectCommands);
    feature(registerRecordingCommands);
    feature(registerRunCommands);
    feature(registerRunChanges);
    feature(registerExperimentCommands);
    feature(registerStatusBar);
    feature(registerReadOnly);
    feature(registerTerminals);
    feature(registerDiskUse);
    feature(registerCodeDocuments);
    const experiments = feature(registerExperimentsTree);
    const data = feature(registerDataLater);
    const activationTime = performance.now() - start;
    log.info(`Activated in ${activationTime.toFixed(0)} ms.`);
    return { activationTime, experiments, data };
  } catch (error) {
    // VS Code itself says nothing.
    showFailure(log, "activate", error);
    throw error;
  }
}

/** Makes everything that lives as long as the extension does, in the order in which one needs the other. */
function wire(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Host {
  const projects = new Projects(log);
  const activeRuns = new ActiveRuns(projects, log);
  const colors = new RunColors(context.workspaceState);
  const services: Services = { context, log, projects, activeRuns, colors };
  const panels = new Panels(services);
  const commands = new CommandRegistrar(log);
  context.subscriptions.push(panels, commands, activeRuns, colors, projects);
  return { ...services, panels, commands };
}
