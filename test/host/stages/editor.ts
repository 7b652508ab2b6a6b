import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EditorRelease } from "../editorInstall.ts";
import { type HostTestResult, runInVSCode } from "../inVSCode.ts";
import { packageVsix } from "../packageVsix.ts";
import { root } from "../paths.ts";
import type { Outcome } from "./outcome.ts";

/** Runs test/vscode inside the extension host of a real VS Code, with the packaged extension installed. */
export async function runEditorTests(release?: EditorRelease): Promise<Outcome> {
  const workspace = await mkdtemp(join(tmpdir(), "cairn-workspace-"));
  try {
    const vsix = await packageVsix();
    const folder = join(root, "test", "vscode");
    const files = (await readdir(folder))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => join(folder, name));
    const results = await runInVSCode(files, { workspace, vsix, release });
    for (const result of results) print(result);
    return {
      passed: results.filter(({ status }) => status === "passed").length,
      failed: results.filter(({ status }) => status === "failed").length,
      skipped: results
        .filter(({ status }) => status === "skipped")
        .map(({ name }) => `test/vscode > ${name}`),
    };
  } finally {
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}

const marks = { passed: "✓", failed: "✗", skipped: "-" };

function print({ name, status, ms, error }: HostTestResult): void {
  console.log(` ${marks[status]} ${name} (${ms} ms)`);
  if (error !== undefined) console.log(error.replace(/^/gm, "     "));
}
