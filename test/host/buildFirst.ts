import { build } from "./bootstrap/build.mjs";
import { root } from "./paths.ts";

/**
 * Vitest's global set-up: tests that start an engine or the command line start what the sources are now. While a
 * source is being written the other tests still run, on the build before; `npm test` builds first and fails on it.
 */
export default async function buildFirst(): Promise<void> {
  try {
    await build(root, process.execPath);
  } catch (error) {
    console.warn(`dist/ is not what the sources are now: ${String(error)}`);
  }
}
