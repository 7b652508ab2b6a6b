import { build } from "./bootstrap/build.mjs";
import { root } from "./paths.ts";

/** Vitest's global set-up: tests that start an engine or the command line start what the sources are now. */
export default async function buildFirst(): Promise<void> {
  await build(root, process.execPath);
}
