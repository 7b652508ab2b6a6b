import os from "node:os";
import path from "node:path";

/**
 * Where Node keeps the compiled bundle, which spares a quarter of the start. The user's own, because whoever can write
 * there can run code.
 */
export function compileCache(): string {
  const home = os.homedir();
  const caches =
    process.platform === "win32"
      ? (process.env.LOCALAPPDATA ?? path.join(home, "AppData", "Local"))
      : process.platform === "darwin"
        ? path.join(home, "Library", "Caches")
        : (process.env.XDG_CACHE_HOME ?? path.join(home, ".cache"));
  return path.join(caches, "cairn", "compiled");
}
