import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { runQuietly, step } from "./report.mjs";

/** Everything that esbuild reads. */
const inputs = ["src", "webview", "esbuild.config.mjs", "package.json", "package-lock.json", "tsconfig.json"];

/**
 * Builds dist/ unless nothing that goes into it has changed since the last build.
 * @param {string} root
 * @param {string} node
 */
export async function build(root, node) {
  if (isBuilt(root)) return;
  await withLock(join(root, "test", ".out", "build.lock"), async () => {
    if (isBuilt(root)) return;
    const stamp = sourceStamp(root);
    await step("built", () => runQuietly(node, ["esbuild.config.mjs"], { cwd: root }));
    await mkdir(join(root, "dist"), { recursive: true });
    await writeFile(stampPath(root), stamp);
  });
}

/** @param {string} root */
function isBuilt(root) {
  return existsSync(stampPath(root)) && readFileSync(stampPath(root), "utf8") === sourceStamp(root);
}

/** @param {string} root */
function stampPath(root) {
  return join(root, "dist", ".dev-build");
}

/**
 * Names, sizes and times, not contents: a few milliseconds, at every `npm run cairn`.
 * @param {string} root
 */
function sourceStamp(root) {
  const hash = createHash("sha256");
  const visit = (/** @type {string} */ path) => {
    const info = statSync(path, { throwIfNoEntry: false });
    if (!info) return;
    if (info.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
  };
  for (const input of inputs) visit(join(root, input));
  return hash.digest("hex");
}
