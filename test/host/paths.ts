import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Generated test files: bundles, results, screenshots of failures, editors' folders. Not in Git. */
export const outDir = join(root, "test", ".out");

const { XDG_CACHE_HOME: cacheHome = "" } = process.env;

/** Heavy downloads that every checkout of this user shares: editors, browser, Python environments. */
export const cacheDir = join(cacheHome === "" ? join(homedir(), ".cache") : cacheHome, "cairn-dev");

export const platform = `${process.platform}-${process.arch}`;
