// `npm run test:desktop`: the tests of test/vscode in VS Code for the desktop, which is downloaded. For macOS and
// Windows, and for what a browser cannot show; needs a display.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { bundleTests, readResults, testFiles } from "./hostTests.ts";
import { buildAll } from "../../esbuild.config.mjs";
import { outDir, root } from "./paths.ts";
import { runScript } from "./runScript.ts";
import { closingLine } from "./stages/outcome.ts";
import { report } from "./stages/editor.ts";

/** The lowest version that the manifest allows: the editor in the browser is the newest. */
async function oldestVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    engines: { vscode: string };
  };
  return manifest.engines.vscode.replace("^", "");
}

await runScript(async () => {
  const workspace = await mkdtemp(join(tmpdir(), "cairn-workspace-"));
  const results = join(outDir, "vscode", "desktop.jsonl");
  try {
    await buildAll({ production: true });
    const bundle = await bundleTests(await testFiles());
    await rm(results, { force: true });
    const code = await runTests({
      version: process.argv[2] ?? (await oldestVersion()),
      extensionDevelopmentPath: root,
      extensionTestsPath: bundle,
      launchArgs: [workspace, "--disable-extensions", "--disable-workspace-trust"],
      extensionTestsEnv: { CAIRN_TEST_RESULTS: results },
    }).catch(() => 1);
    const outcome = report(await readResults(results));
    if (code !== 0 && outcome.failed === 0) outcome.failed = 1;
    console.log(closingLine(outcome));
    return outcome.failed > 0 ? 1 : 0;
  } finally {
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
});
