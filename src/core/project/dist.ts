import { readFileSync } from "node:fs";
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

/** What native binaries of this process are called: `linux-x64`, `linuxmusl-x64`, `darwin-arm64`, `win32-x64`. */
export function nativeTarget(): string {
  return `${isMusl() ? "linuxmusl" : process.platform}-${process.arch}`;
}

/** Whether this process runs on musl, whose binaries are others. */
function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  try {
    return /\/ld-musl-[^/\s]*\.so/.test(readFileSync("/proc/self/maps", "latin1"));
  } catch {
    return false;
  }
}
