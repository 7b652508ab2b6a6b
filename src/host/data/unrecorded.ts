import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import * as z from "zod/mini";
import { findNode } from "../../engine/client/index.js";
import type { DataVersion } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { readSetting } from "../settings.js";

const run = promisify(execFile);

const MOST = 20_000;
const SKIPPED = "**/{.git,.cairn,.dvc,node_modules,__pycache__,.venv,venv,.tox,mlruns}/**";
const MOST_OUTPUT = 64 << 20;

/** Paths of the datasets that have pointers, without looking into them. */
export async function findPointers(project: ProjectConnection): Promise<string[]> {
  const pattern = new vscode.RelativePattern(project.folder, "**/*.dvc");
  const found = await vscode.workspace.findFiles(pattern, SKIPPED, MOST);
  const root = project.folder.uri.fsPath;
  return found
    .map(({ fsPath }) => path.relative(root, fsPath).split(path.sep).join("/").slice(0, -".dvc".length))
    .filter((name) => name !== "" && !name.endsWith("/"));
}

const numberOrNull = z.nullable(z.number());
const version: z.ZodMiniType<DataVersion> = z.object({
  path: z.string(),
  version: numberOrNull,
  md5: z.string(),
  size: z.number(),
  files: numberOrNull,
  message: z.string(),
  author: z.string(),
  time: z.number(),
  newBytes: z.number(),
  recipe: z.nullable(z.string()),
  baselineBytes: numberOrNull,
  alternatives: z.array(z.object({ recipe: z.string(), bytes: z.number(), isMore: z.boolean() })),
  packed: z.boolean(),
  rows: numberOrNull,
  columns: numberOrNull,
  stored: z.boolean(),
  commits: z.array(
    z.object({ commit: z.string(), time: z.number(), author: z.string(), subject: z.string() }),
  ),
  runs: z.array(z.string()),
});
const document = z.object({ versions: z.array(version) });
const failure = z.object({
  error: z.object({ message: z.string(), hint: z.optional(z.string()) }),
});

/**
 * The versions of a dataset where nothing was recorded: what DVC and Git know of it. Asks the command line, which writes
 * nothing there, while an engine would.
 */
export async function logOfUnrecorded(
  project: ProjectConnection,
  extension: vscode.Uri,
  name: string,
): Promise<DataVersion[]> {
  const node = await findNode(readSetting("nodePath", project.folder.uri) || undefined);
  const cli = vscode.Uri.joinPath(extension, "dist", "cli.js").fsPath;
  const cwd = project.folder.uri.fsPath;
  const options = { cwd, maxBuffer: MOST_OUTPUT, windowsHide: true };
  const env = { ...process.env, ...node.environment };
  const argv = [cli, "data", "log", "--project", cwd, "--json", path.join(cwd, name)];
  const { stdout } = await run(node.executable, argv, { ...options, env }).catch((error: unknown) => {
    throw reasonOf(error);
  });
  return z.parse(document, JSON.parse(stdout)).versions;
}

function reasonOf(error: unknown): unknown {
  const { stdout } = error as { stdout?: unknown };
  try {
    const { message, hint } = z.parse(failure, JSON.parse(String(stdout))).error;
    return new CairnError("notFound", message, hint === undefined ? {} : { hint });
  } catch {
    return new CairnError("internal", "Failed to list the versions: Cairn's command line did not answer.", {
      cause: error,
    });
  }
}
