import * as vscode from "vscode";
import { exportLines } from "../../shared/exportLines.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Host } from "../features.js";
import { openSample } from "../project/openSample.js";

/** The commands about a project, its engine, and Cairn itself. */
export function registerProjectCommands(host: Host): void {
  const { commands, projects, panels, log } = host;

  commands.register("cairn.openSample", (folder) =>
    openSample(host, typeof folder === "string" ? folder : undefined),
  );

  commands.register("cairn.copyEnvironment", async () => {
    const project = await projects.choose();
    const environment = await project.request("environment", {});
    const shell = process.platform === "win32" ? "powershell" : "sh";
    await vscode.env.clipboard.writeText(`${exportLines(environment, shell).join("\n")}\n`);
    const text = vscode.l10n.t(
      "Copied: paste it into a terminal, and scripts started there log to this project.",
    );
    vscode.window.setStatusBarMessage(text, 8000);
  });

  commands.register("cairn.showHealth", async () => {
    await panels.openHealth(await projects.choose());
  });

  commands.register("cairn.stopEngine", async (given) => {
    const named = (given as { project?: ProjectConnection } | undefined)?.project;
    const project = named ?? (await projects.choose(undefined, true));
    const title = vscode.l10n.t("Stopping the engine of {0}…", project.name);
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      project.stopEngine(vscode.l10n.t("stopped from the editor")),
    );
  });

  commands.register("cairn.showLog", () => {
    log.show();
  });
}

/** Lines for the shell of this machine that set the variables. */
