import * as vscode from "vscode";
import { CommandRegistrar } from "./host/commands/registrar.js";
import type { Host } from "./host/features.js";
import { showFailure } from "./host/showFailure.js";
import { registerExperimentsTree } from "./host/tree/experimentsTree.js";

/** Each can fail without taking the others with it. */
const features: ((host: Host) => void)[] = [registerExperimentsTree];

export function activate(context: vscode.ExtensionContext): void {
  const start = performance.now();
  const log = vscode.window.createOutputChannel("Cairn", { log: true });
  context.subscriptions.push(log);
  try {
    const commands = new CommandRegistrar(log);
    context.subscriptions.push(commands);
    const host: Host = { context, log, commands };
    commands.register("cairn.showLog", () => {
      log.show();
    });
    for (const feature of features) startFeature(feature, host);
    log.info(`Activated in ${(performance.now() - start).toFixed(0)} ms.`);
  } catch (error) {
    showFailure(log, "activate", error);
    throw error;
  }
}

function startFeature(feature: (host: Host) => void, host: Host): void {
  try {
    feature(host);
  } catch (error) {
    showFailure(host.log, `start ${feature.name}`, error);
  }
}
