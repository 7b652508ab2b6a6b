import * as vscode from "vscode";
import type { ReproParams, ReproResult } from "../../shared/pipeline/api.js";
import type { Host } from "../features.js";
import { requireTrust } from "../runs/requireTrust.js";

/** The command that brings stages of dvc.yaml and cairn.yaml up to date. Takes what to do as an argument too. */
export function registerPipeline(host: Host): void {
  host.commands.register("cairn.reproduce", async (given): Promise<ReproResult> => {
    await requireTrust(
      vscode.l10n.t("Nothing is run in Restricted Mode. Trust this workspace to reproduce its pipelines."),
    );
    const project = await host.projects.choose();
    const { reproducePipeline } = await import("./reproducePipeline.js");
    return reproducePipeline(host, project, given as Pick<ReproParams, "targets" | "force"> | undefined);
  });
}
