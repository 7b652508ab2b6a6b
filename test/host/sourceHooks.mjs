// Preloaded into every script of the harness (`node --import`): lets Node run this checkout's TypeScript as it is,
// sources under src/ included, which name their imports the way a bundler wants them.
import { existsSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transformSync } from "esbuild";

const root = new URL("../../", import.meta.url).href;

/** @param {string} url */
function isOwn(url) {
  return url.startsWith(root) && !url.includes("/node_modules/");
}

registerHooks({
  resolve(specifier, hooks, next) {
    const parent = hooks.parentURL;
    if (parent && isOwn(parent) && specifier.startsWith(".")) {
      const path = fileURLToPath(new URL(specifier, parent));
      const typescript = path.replace(/\.js$/, "") + ".ts";
      if (!existsSync(path) && existsSync(typescript)) {
        return { url: pathToFileURL(typescript).href, format: "module", shortCircuit: true };
      }
    }
    return next(specifier, hooks);
  },
  load(url, hooks, next) {
    const loader = url.endsWith(".ts") ? "ts" : url.endsWith(".json") ? "json" : undefined;
    if (!loader || !isOwn(url)) return next(url, hooks);
    const source = readFileSync(fileURLToPath(url), "utf8");
    const { code } = transformSync(source, {
      loader,
      format: "esm",
      target: "node22",
      sourcemap: "inline",
      sourcefile: url,
    });
    return { source: code, format: "module", shortCircuit: true };
  },
});
