import * as vscode from "vscode";
import type { Host } from "../features.js";

export const CODE_SCHEME = "cairn-code";

/** Serves what a run's code was as read-only documents: both sides of a changed file, and the patch. */
export function registerCodeDocuments({ context, projects }: Host): void {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(CODE_SCHEME, {
      provideTextDocumentContent: async (uri) => {
        const { codeContent } = await import("./codeContent.js");
        return codeContent(projects, uri);
      },
    }),
  );
}
