import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/**
 * The user's git, absolute. Looked up here, because Windows would look in the working folder first, where the
 * repository could bring a git of its own; for the same reason relative folders of the PATH do not count.
 */
export function findGit(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const name = process.platform === "win32" ? "git.exe" : "git";
  for (const folder of (environment.PATH ?? environment.Path ?? "").split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not in this one
    }
  }
  return undefined;
}
