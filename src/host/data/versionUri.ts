import * as vscode from "vscode";
import * as z from "zod/mini";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { VERSION_SCHEME } from "./versionFileSystem.js";

const reference = z.object({
  project: z.string(),
  /** `PATH@VERSION`. */
  target: z.string(),
  /** Of a folder. */
  file: z.optional(z.string()),
  /** Text that stands for the content: facts about one that no editor takes, nothing for one that is not there. */
  text: z.optional(z.string()),
});

export type VersionReference = z.infer<typeof reference>;
export type VersionFile = Omit<VersionReference, "project">;

/** The address of a file of a version. Its name says which; the ending stays, so that the right editor opens it. */
export function versionUri(project: ProjectConnection, label: string, file: VersionFile): vscode.Uri {
  const name = file.file ?? file.target.slice(0, file.target.lastIndexOf("@"));
  const base = name.slice(name.lastIndexOf("/") + 1);
  const dot = base.lastIndexOf(".");
  const end = dot > 0 ? base.slice(dot) : "";
  const path = `/${base.slice(0, base.length - end.length)} (${label})${end}`;
  return vscode.Uri.from({
    scheme: VERSION_SCHEME,
    path,
    query: JSON.stringify({ ...file, project: project.key }),
  });
}

/** Throws zod's error for what `versionUri` has not made. */
export function parseVersionUri(uri: vscode.Uri): VersionReference {
  return z.parse(reference, JSON.parse(uri.query));
}
