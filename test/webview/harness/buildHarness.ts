import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../../host/paths.ts";

/** The fake host as one script for `addInitScript`. */
export async function buildFakeHost(): Promise<string> {
  const result = await build({
    entryPoints: [join(root, "test", "webview", "harness", "fakeHost.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "chrome138",
    logLevel: "warning",
  });
  return result.outputFiles[0]?.text ?? "";
}
