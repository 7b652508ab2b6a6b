import * as vscode from "vscode";
import * as z from "zod/mini";
import { readCodeState, readPatch } from "../../engine/client/captured.js";
import { CairnError } from "../../shared/errors.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Projects } from "../engine/projects.js";
import { CODE_SCHEME } from "./codeDocuments.js";
import { codeSides, type CodeSides } from "./codeSides.js";
import { readCommitted } from "./gitBlob.js";

const reference = z.object({
  project: z.string(),
  runId: z.string(),
  side: z.enum(["before", "after", "patch"]),
});

/** The text of a document of the scheme `cairn-code`. */
export async function codeContent(projects: Projects, uri: vscode.Uri): Promise<string> {
  const { project: key, runId, side } = z.parse(reference, JSON.parse(uri.query));
  const project = projects.byKey(key);
  if (!project) throw new CairnError("notFound", vscode.l10n.t("The folder of this run is not open."));
  if (side === "patch") return Buffer.from(await readPatch(project, runId), "latin1").toString("utf8");
  return (await sidesOf(project, runId, uri.path.slice(1)))[side];
}

/** Opens VS Code's diff of one changed file. Fails before anything opens when a side cannot be had. */
export async function openCodeDiff(
  project: ProjectConnection,
  runId: string,
  runName: string,
  path: string,
): Promise<void> {
  await sidesOf(project, runId, path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const title = vscode.l10n.t("{0} (commit ↔ {1})", name, runName);
  const [before, after] = [uriOf(project, runId, path, "before"), uriOf(project, runId, path, "after")];
  await vscode.commands.executeCommand("vscode.diff", before, after, title, { preview: true });
}

/** Opens the patch; its name makes the editor colour it. */
export async function openPatch(project: ProjectConnection, runId: string, runName: string): Promise<void> {
  const name = runName.replace(/[/\\]/g, "_");
  const uri = uriOf(project, runId, `${name}.patch`, "patch");
  await vscode.window.showTextDocument(uri, { preview: true });
}

function uriOf(
  project: ProjectConnection,
  runId: string,
  path: string,
  side: z.infer<typeof reference>["side"],
): vscode.Uri {
  const query = JSON.stringify({ project: project.key, runId, side });
  return vscode.Uri.from({ scheme: CODE_SCHEME, path: `/${path}`, query });
}

async function sidesOf(project: ProjectConnection, runId: string, path: string): Promise<CodeSides> {
  const [code, patch] = await Promise.all([readCodeState(project, runId), readPatch(project, runId)]);
  const commit = code?.commit;
  if (!code) throw new CairnError("notFound", vscode.l10n.t("No code was recorded of this run."));
  const git = vscode.workspace.getConfiguration("git").get<unknown>("path");
  return codeSides(code, patch, path, async (file) => {
    if (!commit) throw new CairnError("notFound", vscode.l10n.t("The run was not recorded on a commit."));
    return readCommitted(
      typeof git === "string" && git ? git : "git",
      project.folder.uri.fsPath,
      commit,
      file,
    );
  });
}
