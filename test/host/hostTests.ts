import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { outDir, root } from "./paths.ts";

/** One test as the extension host reports it. */
export interface HostTestResult {
  name: string;
  status: "passed" | "failed" | "skipped";
  ms: number;
  error?: string;
}

/** The test files that run inside the extension host. */
export async function testFiles(): Promise<string[]> {
  const folder = join(root, "test", "vscode");
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(".test.ts")).map((name) => join(folder, name));
}

/**
 * Makes one module of test files that exports `run()`, as VS Code wants it.
 * @param files absolute paths; each declares its tests through test/vscode/suite.ts when it is imported
 * @returns its path, which must end in .js
 */
export async function bundleTests(files: readonly string[]): Promise<string> {
  const outfile = join(outDir, "vscode", "tests.js");
  await mkdir(dirname(outfile), { recursive: true });
  // VS Code loads the module with require, but the nearest package.json would make it an ES module.
  await writeFile(join(dirname(outfile), "package.json"), JSON.stringify({ type: "commonjs" }));
  const suite = join(root, "test", "vscode", "suite.ts");
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
  return outfile;
}

/** Reads the results that a run wrote, one JSON line each; a run that never began wrote none. */
export async function readResults(path: string): Promise<HostTestResult[]> {
  const lines = await readFile(path, "utf8").catch(() => "");
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as HostTestResult);
}
