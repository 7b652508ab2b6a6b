import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EditorRelease } from "../editorInstall.ts";
import { type HostTestResult, testFiles } from "../hostTests.ts";
import { runInVSCode } from "../inVSCode.ts";
import { packageVsix } from "../packageVsix.ts";
import type { Outcome } from "./outcome.ts";

/** Runs test/vscode inside the extension host of a real VS Code, with the packaged extension installed. */
export async function runEditorTests(release?: EditorRelease): Promise<Outcome> {
  const workspace = await mkdtemp(join(tmpdir(), "cairn-workspace-"));
  try {
    const vsix = await packageVsix();
    return report(await runInVSCode(await testFiles(), { workspace, vsix, release }));
  } finally {
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}

const marks = { passed: "✓", failed: "✗", skipped: "-" };

/** Prints results and counts them. */
export function report(results: readonly HostTestResult[]): Outcome {
  for (const { name, status, ms, error } of results) {
    console.log(` ${marks[status]} ${name} (${ms} ms)`);
    if (error !== undefined) console.log(error.replace(/^/gm, "     "));
  }
  const named = (status: HostTestResult["status"]) => results.filter((result) => result.status === status);
  return {
    passed: named("passed").length,
    failed: named("failed").length,
    skipped: named("skipped").map(({ name }) => `test/vscode > ${name}`),
  };
}
