import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { findNode } from "../../engine/client/index.js";
import { CairnError, wrapError } from "../../shared/errors.js";
import type { Services } from "../services.js";
import { readSetting } from "../settings.js";

/** Copies the sample project to a place of the person's choice (or `folder`) and opens it. */
export async function openSample({ context, log }: Services, folder?: string): Promise<string> {
  const target = folder ?? (await chooseFolder());
  if (!isFilled(target)) {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t("Making the sample project in {0}…", target),
        cancellable: true,
      },
      async (_progress, token) => {
        const cli = vscode.Uri.joinPath(context.extensionUri, "dist", "cli.js").fsPath;
        log.info(`Making the sample project in ${target}.`);
        await makeSample(cli, target, token);
      },
    );
  }
  await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(target));
  return target;
}

/** The fixed place of the setting, else a place to agree to, below the home folder at first. */
async function chooseFolder(): Promise<string> {
  const fixed = readSetting("sampleDir");
  if (fixed !== "") return fixed;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Cairn: Open Sample Project"),
    prompt: vscode.l10n.t("Folder for the sample; one that has it already is only opened"),
    value: path.join(os.homedir(), "cairn-sample"),
    validateInput: (text) => {
      if (!path.isAbsolute(text)) return vscode.l10n.t("Type an absolute path.");
      const foreign = isFilled(text) && !existsSync(path.join(text, "cairn.yaml"));
      return foreign ? vscode.l10n.t("This folder holds something else.") : undefined;
    },
  });
  if (typed === undefined) throw new vscode.CancellationError();
  return typed;
}

function isFilled(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

async function makeSample(cli: string, target: string, token: vscode.CancellationToken): Promise<void> {
  const nodePath = readSetting("nodePath");
  const node = await findNode(nodePath === "" ? undefined : nodePath);
  const env = { ...process.env, ...node.environment };
  const child = spawn(node.executable, [cli, "sample", target], { env, windowsHide: true });
  const stop = token.onCancellationRequested(() => child.kill());
  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    if (code !== 0) throw new CairnError("internal", output.trim() || `it ended with code ${code}`);
  } catch (error) {
    throw error instanceof vscode.CancellationError ? error : wrapError("make", "the sample project", error);
  } finally {
    stop.dispose();
  }
}
