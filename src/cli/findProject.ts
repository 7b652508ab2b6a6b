import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../shared/errors.js";

const signs = [".cairn", "cairn.yaml", "MLproject"];

/**
 * The folder given, else the nearest one from `cwd` up to the top of its Git work tree that has Cairn's files, else
 * `cwd` itself. Outside Git only `cwd` counts: a `.cairn` in some folder far above is hardly meant.
 */
export function findProject(given: string | undefined, cwd: string): string {
  if (given !== undefined) {
    const folder = path.resolve(cwd, given);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new CairnError("notFound", `The project folder ${folder} does not exist.`);
    }
    return folder;
  }
  const passed: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    passed.push(folder);
    if (existsSync(path.join(folder, ".git"))) break;
    if (path.dirname(folder) === folder) return cwd;
  }
  return passed.find((folder) => signs.some((sign) => existsSync(path.join(folder, sign)))) ?? cwd;
}
