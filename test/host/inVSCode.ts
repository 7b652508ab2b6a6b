import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type EditorOptions, startEditor } from "./editor.ts";
import { type HostTestResult, bundleTests, readResults } from "./hostTests.ts";
import { outDir, root } from "./paths.ts";
import { type Workbench, openWorkbench } from "./workbench.ts";

/** How long all test modules together may take inside the editor. */
const limitMs = 300_000;

/**
 * Runs test files inside VS Code's real extension host, next to the extension installed from the VSIX. Results come
 * back through a file, one JSON line each, so that a crashed host does not lose those before it.
 */
export async function runInVSCode(
  files: readonly string[],
  options: EditorOptions,
): Promise<HostTestResult[]> {
  const results = join(outDir, "vscode", `results-${process.pid}.jsonl`);
  await rm(results, { force: true });
  const bundle = await bundleTests(files);
  const editor = await startEditor({
    ...options,
    testPayload: true,
    env: { ...options.env, CAIRN_TEST_RESULTS: results },
  });
  let workbench: Workbench | undefined;
  try {
    const { promise: exited, resolve: exit } = Promise.withResolvers<number>();
    workbench = await openWorkbench(editor, {
      query: `&payload=${encodeURIComponent(payload(editor.port, bundle))}`,
      prepare: async (page) => {
        // Both must be there before VS Code is loaded: it calls them.
        await page.exposeFunction("codeAutomationLog", () => undefined);
        await page.exposeFunction("codeAutomationExit", exit);
      },
    });
    const code = await Promise.race([exited, delay(limitMs, "timeout" as const, { ref: false })]);
    return judge(await readResults(results), code, workbench);
  } finally {
    await workbench?.close();
    await editor.stop();
    await rm(results, { force: true });
  }
}

/** VS Code's own parameters for tests. */
function payload(port: number, bundle: string): string {
  const remote = (path: string) => `vscode-remote://localhost:${port}${path}`;
  return JSON.stringify([
    // The extension under test is the installed one; VS Code only wants some folder for the module.
    ["extensionDevelopmentPath", remote(join(root, "test", "vscode", "payload"))],
    ["extensionTestsPath", remote(bundle)],
    ["skipWelcome", "true"],
  ]);
}

/** A run that ends in any other way than its tests explain is a failure of its own. */
function judge(results: HostTestResult[], code: number | "timeout", workbench: Workbench): HostTestResult[] {
  const explained = code !== "timeout" && results.some((result) => result.status === "failed");
  if (code === 0 || explained) return results;
  const reason = code === "timeout" ? `no end within ${limitMs / 1000} s` : `exit code ${code}`;
  const seen = workbench.console.filter((line) => line.startsWith("[error]")).slice(-10);
  const error = `${reason}\n${seen.join("\n")}`;
  return [...results, { name: "the test run itself", status: "failed", ms: 0, error }];
}
