import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";
import { type EditorOptions, startEditor } from "./editor.ts";
import { outDir, root } from "./paths.ts";
import { type Workbench, openWorkbench } from "./workbench.ts";

/** How long all test modules together may take inside the editor. */
const limitMs = 300_000;

/** One test as the extension host reports it. */
export interface HostTestResult {
  name: string;
  status: "passed" | "failed" | "skipped";
  ms: number;
  error?: string;
}

/**
 * Bundles test files and runs them inside VS Code's real extension host, next to the extension installed from the
 * VSIX. Results come back through a file, one JSON line each, so that a crashed host does not lose those before it.
 * @param files absolute paths; each declares its tests through test/vscode/suite.ts when it is imported
 */
export async function runInVSCode(
  files: readonly string[],
  options: EditorOptions,
): Promise<HostTestResult[]> {
  const bundle = join(outDir, "vscode", "tests.js");
  const results = join(outDir, "vscode", `results-${process.pid}.jsonl`);
  await rm(results, { force: true });
  await bundleTests(files, bundle);
  const editor = await startEditor({
    ...options,
    testPayload: true,
    env: { ...options.env, CAIRN_TEST_RESULTS: results, CAIRN_TEST_ROOT: root },
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
    return await collect(results, code, workbench);
  } finally {
    await workbench?.close();
    await editor.stop();
  }
}

async function bundleTests(files: readonly string[], outfile: string): Promise<void> {
  const suite = join(root, "test", "vscode", "suite.ts");
  await mkdir(dirname(outfile), { recursive: true });
  // VS Code loads the module with require, but the nearest package.json would make it an ES module.
  await writeFile(join(dirname(outfile), "package.json"), JSON.stringify({ type: "commonjs" }));
  const imports = files.map((file) => `import ${JSON.stringify(file)};`);
  await build({
    stdin: {
      contents: `${imports.join("\n")}\nexport { runAll as run } from ${JSON.stringify(suite)};`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode"],
    sourcemap: "inline",
    logLevel: "warning",
  });
}

/** VS Code's own parameters for tests; the tests path must end in .js. */
function payload(port: number, bundle: string): string {
  const remote = (path: string) => `vscode-remote://localhost:${port}${path}`;
  return JSON.stringify([
    // The extension under test is the installed one; VS Code only wants some folder for the module.
    ["extensionDevelopmentPath", remote(join(root, "test", "vscode", "payload"))],
    ["extensionTestsPath", remote(bundle)],
    ["skipWelcome", "true"],
  ]);
}

async function collect(
  path: string,
  code: number | "timeout",
  workbench: Workbench,
): Promise<HostTestResult[]> {
  const lines = await readFile(path, "utf8").catch(() => "");
  const results = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as HostTestResult);
  const failed = results.some((result) => result.status === "failed");
  if (code === 0 || (code !== "timeout" && failed)) return results;
  const reason = code === "timeout" ? `no end within ${limitMs / 1000} s` : `exit code ${code}`;
  const seen = workbench.console.filter((line) => line.startsWith("[error]")).slice(-10);
  return [
    ...results,
    { name: "the test run itself", status: "failed", ms: 0, error: `${reason}\n${seen.join("\n")}` },
  ];
}
