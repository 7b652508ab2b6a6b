// Builds dist/. `--production` minifies and leaves source maps out, `--outdir DIR` builds elsewhere, `--watch` goes on.
import { existsSync, readdirSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, context, transform } from "esbuild";

const root = import.meta.dirname ?? fileURLToPath(new URL(".", import.meta.url));

/** @typedef {{ production: boolean, outdir: string }} Options */

/**
 * One bundle a process, besides the extension host.
 * @type {Record<string, string>}
 */
const processes = {
  engine: "src/engine/main.ts",
  worker: "src/worker/main.ts",
  dataThread: "src/worker/dataThread.ts",
  s3: "src/worker/s3.ts",
  runner: "src/engine/runner/main.ts",
  cli: "src/cli/main.ts",
};

/**
 * @param {Options} options
 * @returns {import("esbuild").BuildOptions & { metafile: true }}
 */
function common({ production, outdir }) {
  return {
    absWorkingDir: root,
    outdir,
    bundle: true,
    minify: production,
    sourcemap: production ? false : "linked",
    logLevel: "warning",
    metafile: true,
  };
}

/**
 * @param {string} name
 * @param {string} entry
 * @param {Options} options
 */
function processBundle(name, entry, options) {
  return /** @satisfies {import("esbuild").BuildOptions} */ ({
    ...common(options),
    entryPoints: { [name]: entry },
    platform: "node",
    format: "cjs",
    target: "node22",
    banner: { js: name === "cli" ? "#!/usr/bin/env node" : "" },
    plugins: [stagedDuckDb],
  });
}

/**
 * DuckDB's package of bindings looks for the one of the platform in node_modules; the bundle's is staged beside it.
 * @type {import("esbuild").Plugin}
 */
const stagedDuckDb = {
  name: "staged-duckdb",
  setup(build) {
    build.onResolve({ filter: /^@duckdb\/node-bindings$/ }, ({ path }) => ({
      path,
      namespace: "staged-duckdb",
    }));
    build.onLoad({ filter: /.*/, namespace: "staged-duckdb" }, () => ({
      contents: `module.exports = require(require("./bindings.ts").duckDbFile());`,
      resolveDir: join(root, "src/core/table"),
    }));
  },
};

/**
 * The extension host's code, the only one that may import vscode: what activation needs in extension.js, and beside it
 * what is imported dynamically. esbuild splits ES modules only, and VS Code loads CommonJS faster.
 * @param {Options} options
 */
function hostBundle(options) {
  return /** @satisfies {import("esbuild").BuildOptions} */ ({
    ...common({ ...options, production: false }),
    // What chunks share gets short names only here.
    minifyIdentifiers: options.production,
    entryPoints: { extension: "src/extension.ts" },
    chunkNames: "extension-[hash]",
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22",
    external: ["vscode"],
    sourcemap: "inline",
    write: false,
    plugins: [toCommonJs(options)],
  });
}

/**
 * Rewrites imports and exports as esbuild prints them. Its own way to do so would copy what is required, thirty times all
 * of vscode, so that changes of it are seen, and put half a kilobyte of helpers into each file. Nothing that is exported
 * here changes after its file was loaded (lint forbids it), and the files do not require each other in circles.
 * @param {string} code
 */
function asCommonJs(code) {
  const known = new Map();
  return code
    .replace(/^import (?:\* as )?([\w$]+) from ("[\w:/]+");$/gm, (_, name, from) => {
      const value = known.get(from) ?? `require(${from})`;
      if (!known.has(from)) known.set(from, name);
      return `const ${name} = ${value};`;
    })
    .replace(/^import \{([^}]*)\} from ("[^"]+");$/gm, (_, names, from) => {
      return `const {${names.replaceAll(" as ", ": ")}} = require(${from});`;
    })
    .replace(/^import ("[^"]+");$/gm, "require($1);")
    .replace(/^export \{([^}]*)\};$/m, (_, names) => {
      const pairs = names.split(",").map((/** @type {string} */ each) => {
        const [value, name] = each.trim().split(" as ");
        return `${name ?? value}: ${value}`;
      });
      return `module.exports = { ${pairs.join(", ")} };`;
    })
    .replace(/\bimport\(("\.\/[^"]+")\)/g, "Promise.resolve().then(() => require($1))");
}

/**
 * Writes the ES modules of a build as CommonJS.
 * @param {Options} options
 * @returns {import("esbuild").Plugin}
 */
function toCommonJs({ production, outdir }) {
  return {
    name: "to-commonjs",
    setup(build) {
      build.onEnd(async ({ outputFiles = [] }) => {
        await mkdir(outdir, { recursive: true });
        for (const { path, text } of outputFiles) {
          const { code } = await transform(asCommonJs(text), {
            sourcefile: basename(path),
            platform: "node",
            format: "cjs",
            target: "node22",
            minify: production,
            sourcemap: production ? false : "inline",
          });
          await writeFile(path, code);
        }
        const made = outputFiles.map(({ path }) => basename(path));
        for (const name of await readdir(outdir))
          if (/^extension-.*\.js(\.map)?$/.test(name) && !made.includes(name)) await rm(join(outdir, name));
      });
    },
  };
}

/**
 * @param {string[]} panels
 * @param {Options} options
 */
function panelBundles(panels, options) {
  return /** @satisfies {import("esbuild").BuildOptions} */ ({
    ...common(options),
    entryPoints: Object.fromEntries(panels.map((name) => [`webview/${name}`, `webview/${name}/main.ts`])),
    platform: "browser",
    format: "iife",
    target: "chrome138",
    loader: { ".css": "text", ".svg": "text" },
  });
}

/**
 * Plotly in a file of its own, which only panels that plot load. Its normal regl and some of its dependencies expect
 * Node's globals or `new Function`, which the webview's policy forbids.
 * @param {Options} options
 */
function plotlyBundle(options) {
  return /** @satisfies {import("esbuild").BuildOptions} */ ({
    ...common(options),
    entryPoints: { "webview/plotly": "webview/shared/plot/plotly.ts" },
    platform: "browser",
    format: "iife",
    globalName: "CairnPlotly",
    target: "chrome138",
    alias: { regl: "@plotly/regl" },
    loader: { ".css": "empty" },
    define: { global: "window", "process.env.NODE_DEBUG": "false" },
    plugins: [noBuffer],
  });
}

/**
 * Plotly asks for Node's Buffer only to tell whether a value is one.
 * @type {import("esbuild").Plugin}
 */
const noBuffer = {
  name: "no-buffer",
  setup(build) {
    build.onResolve({ filter: /^buffer\/?$/ }, () => ({ path: "buffer", namespace: "no-buffer" }));
    build.onLoad({ filter: /.*/, namespace: "no-buffer" }, () => ({
      contents: "exports.Buffer = function Buffer() {}; exports.Buffer.isBuffer = () => false;",
    }));
  },
};

async function panelNames() {
  const entries = await readdir(join(root, "webview"), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== "shared").map((entry) => entry.name);
}

/**
 * DuckDB's package for a platform. Those of others than this one's are not installed (`npm run package` fetches them).
 * @param {string} target
 */
export function duckDbPackage(target) {
  const [platform = "", arch = ""] = target.split("-");
  const name = platform === "linuxmusl" ? `linux-${arch}-musl` : `${platform}-${arch}`;
  return `@duckdb/node-bindings-${name}`;
}

/**
 * The native module of DuckDB and the library beside it.
 * @param {string} folder of the package
 * @param {string} target
 * @returns {[from: string, to: string][]}
 */
function duckDbFiles(folder, target) {
  if (!existsSync(resolve(root, folder))) {
    console.warn(`DuckDB for ${target} is not installed: tables will not be shown.`);
    return [];
  }
  return readdirSync(resolve(root, folder))
    .filter((name) => /\.(node|so|dylib|dll)$/.test(name))
    .map((name) => [join(folder, name), `native/duckdb/${target}/${name}`]);
}

/**
 * Native binaries and fonts, which no bundle can hold.
 * @param {string} outdir
 * @param {string} target platform and architecture, as Node names them: linux-x64
 * @param {string} [duckDb] folder of DuckDB's package for the target, where it is not installed
 */
async function copyAssets(outdir, target, duckDb = `node_modules/${duckDbPackage(target)}`) {
  /** @type {[from: string, to: string][]} */
  const files = [
    [`node_modules/better-sqlite3/prebuilds/${target}.node`, `native/better-sqlite3/${target}.node`],
    ...duckDbFiles(duckDb, target),
    ["node_modules/@vscode/codicons/dist/codicon.css", "webview/codicon.css"],
    ["node_modules/@vscode/codicons/dist/codicon.ttf", "webview/codicon.ttf"],
  ];
  for (const [from, to] of files) await copyChanged(resolve(root, from), join(outdir, to));
}

/**
 * DuckDB alone has 70 MB: what is there already is not copied again.
 * @param {string} from
 * @param {string} to
 */
async function copyChanged(from, to) {
  const source = await stat(from);
  const there = await stat(to).catch(() => undefined);
  if (there?.size === source.size && Math.abs(there.mtimeMs - source.mtimeMs) < 2) return;
  await mkdir(join(to, ".."), { recursive: true });
  // Never over the old file: a process that has a native binary loaded would crash at its next call into it.
  const temp = `${to}.${process.pid}.tmp`;
  await copyFile(from, temp);
  await utimes(temp, source.atime, source.mtime);
  await rename(temp, to);
}

/** @param {Options} options */
async function bundles(options) {
  const panels = await panelNames();
  return [
    hostBundle(options),
    ...Object.entries(processes).map(([name, entry]) => processBundle(name, entry, options)),
    panelBundles(panels, options),
    plotlyBundle(options),
  ];
}

/**
 * Builds everything into `outdir`.
 * @param {{ production?: boolean, outdir?: string, target?: string, duckDb?: string }} [options]
 * @returns {Promise<string[]>} the source files that went into the bundles, relative to the checkout
 */
export async function buildAll(options = {}) {
  const {
    production = false,
    outdir = join(root, "dist"),
    target = `${process.platform}-${process.arch}`,
    duckDb,
  } = options;
  const results = await Promise.all((await bundles({ production, outdir })).map((bundle) => build(bundle)));
  await copyAssets(outdir, target, duckDb);
  return [...new Set(results.flatMap((result) => Object.keys(result.metafile?.inputs ?? {})))];
}

async function watchAll() {
  const outdir = join(root, "dist");
  await copyAssets(outdir, `${process.platform}-${process.arch}`);
  for (const bundle of await bundles({ production: false, outdir })) {
    const watching = await context({ ...bundle, logLevel: "info" });
    await watching.watch();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { production: { type: "boolean" }, watch: { type: "boolean" }, outdir: { type: "string" } },
  });
  if (values.watch) await watchAll();
  else await buildAll({ production: values.production, outdir: resolve(root, values.outdir ?? "dist") });
}
