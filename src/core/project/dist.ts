import path from "node:path";

/**
 * Absolute path of a built file (`engine.js`, `worker.js`, `runner.js`, `native/…`). Bundles lie beside each other;
 * code that runs from sources (unit tests) says where they are with CAIRN_DIST.
 */
export function distFile(...parts: string[]): string {
  return path.join(process.env.CAIRN_DIST ?? __dirname, ...parts);
}

/** Absolute path of something under `media/`, which lies beside the bundles' folder. */
export function mediaFile(...parts: string[]): string {
  return path.join(distFile(), "..", "media", ...parts);
}
