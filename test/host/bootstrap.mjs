// Entry of every npm script. It runs on any Node >= 18 and before any package is there, so it is plain JavaScript
// without dependencies; what it starts runs on Node 22.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "./bootstrap/build.mjs";
import { findNode, installPackages } from "./bootstrap/install.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * What each npm script runs; `built` ones need dist/ first, the others build what they need themselves.
 * @type {Record<string, { script: string, built: boolean } | undefined>}
 */
const commands = {
  start: { script: "test/host/start.ts", built: true },
  test: { script: "test/host/test.ts", built: false },
  "test:long": { script: "test/host/testLong.ts", built: false },
  "test:desktop": { script: "test/host/testDesktop.ts", built: false },
  bench: { script: "test/host/bench.ts", built: true },
  screenshots: { script: "test/host/screenshots.ts", built: false },
  package: { script: "test/host/package.ts", built: false },
  cairn: { script: "dist/cli.js", built: true },
};

const [name = "", ...args] = process.argv.slice(2);
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main() {
  const command = commands[name];
  if (!command) {
    throw new Error(`Unknown command "${name}". Known: ${Object.keys(commands).join(", ")}.`);
  }
  await installPackages(root);
  const node = findNode(root);
  if (command.built) await build(root, node);
  return run(node, command.script);
}

/**
 * Hands over to Node 22 and waits for it. Signals to this process alone (npm forwards those it gets) are passed on.
 * @param {string} node
 * @param {string} script
 * @returns {Promise<number>}
 */
function run(node, script) {
  const hooks = pathToFileURL(join(root, "test", "host", "sourceHooks.mjs")).href;
  const flags = script.endsWith(".ts") ? ["--enable-source-maps", "--import", hooks] : [];
  const bin = join(root, "node_modules", ".bin");
  const child = spawn(node, [...flags, join(root, script), ...args], {
    stdio: "inherit",
    // The command line tool works where the user stands; npm sets INIT_CWD to that folder.
    cwd: name === "cairn" ? (process.env.INIT_CWD ?? process.cwd()) : root,
    env: { ...process.env, PATH: [dirname(node), bin, process.env.PATH ?? ""].join(delimiter) },
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  // A killed npm tells nobody: then this process has another parent.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)),
    );
  });
}
