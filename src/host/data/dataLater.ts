import { setImmediate as nextTurn } from "node:timers/promises";
import * as vscode from "vscode";
import type { CommandHandler } from "../commands/registrar.js";
import type { CommandId } from "../commands/table.js";
import type { Host } from "../features.js";
import { showFailure } from "../showFailure.js";
import type { DataProvider } from "./dataProvider.js";
import { VERSION_SCHEME, VersionFileSystem } from "./versionFileSystem.js";

export type DataCommand = Extract<CommandId, `cairn.data${string}` | "cairn.repro">;

const ids: Record<DataCommand, true> = {
  "cairn.dataAdd": true,
  "cairn.dataCheckout": true,
  "cairn.dataPush": true,
  "cairn.dataPull": true,
  "cairn.dataAddRemote": true,
  "cairn.repro": true,
  "cairn.dataOpenVersion": true,
  "cairn.dataCompare": true,
  "cairn.dataShowRuns": true,
  "cairn.dataOpen": true,
  "cairn.dataCopyPath": true,
  "cairn.dataCopyHash": true,
  "cairn.dataReveal": true,
  "cairn.dataRefresh": true,
  "cairn.dataShowMore": true,
};

/**
 * Everything about data, loaded right after the activation that the window waits for. Its commands and its documents may
 * be what has started that, so that they are there at once and wait for the rest.
 */
export function registerDataLater(host: Host): Promise<DataProvider> {
  const { commands, context, projects } = host;
  const handlers = new Map<DataCommand, CommandHandler>();
  const load = async (): Promise<DataProvider> => {
    await nextTurn();
    const { registerData } = await import("./registerData.js");
    return registerData(host, (id, handler) => handlers.set(id, handler));
  };
  const loaded = load();
  loaded.catch((error: unknown) => {
    showFailure(host.log, "start the Data view", error);
  });
  for (const id of Object.keys(ids) as DataCommand[])
    commands.register(id, async (...args) => {
      await loaded;
      return handlers.get(id)?.(...args);
    });
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider(VERSION_SCHEME, new VersionFileSystem(projects), {
      isReadonly: true,
    }),
  );
  return loaded;
}
