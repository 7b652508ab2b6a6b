import * as vscode from "vscode";
import { showFailure } from "../showFailure.js";
import type { CommandId } from "./table.js";

export type CommandHandler = (...args: unknown[]) => unknown;

/** The one place where commands of Cairn are registered: each is timed, and its failure logged and shown. */
export class CommandRegistrar implements vscode.Disposable {
  private readonly registrations: vscode.Disposable[] = [];

  constructor(private readonly log: vscode.LogOutputChannel) {}

  register(id: CommandId, handler: CommandHandler): void {
    this.registrations.push(
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        const start = performance.now();
        try {
          return await handler(...args);
        } catch (error) {
          showFailure(this.log, id, error);
          return undefined;
        } finally {
          this.log.debug(`${id} took ${(performance.now() - start).toFixed(0)} ms`);
        }
      }),
    );
  }

  dispose(): void {
    vscode.Disposable.from(...this.registrations).dispose();
  }
}

/** Calls a command of Cairn by its checked id. */
export function runCommand(id: CommandId, ...args: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(id, ...args);
}
