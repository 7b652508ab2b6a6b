import { existsSync } from "node:fs";
import path from "node:path";

/** A command that names more is a list of files, which nobody reads as data one by one. */
const MAX_WORDS = 1000;

/**
 * Datasets that a command names among its arguments, itself or something in it: `train.py data/a.csv --out=x`. Each once,
 * relative to `cwd`.
 * @param recorded arguments, or one line for a shell
 * @param isDataset whether versions of what lies at an absolute path are recorded
 */
export function namedData(
  { recorded, shell, cwd }: { recorded: readonly string[]; shell: boolean; cwd: string },
  root: string,
  isDataset: (absolute: string) => boolean,
): string[] {
  const words = shell ? recorded.flatMap((line) => line.match(/[^\s'"`;|&<>()]+/g) ?? []) : recorded;
  const found = new Set<string>();
  for (const word of words.slice(0, MAX_WORDS)) {
    // `--data=path`, or a path with that sign in it.
    for (const name of new Set([word, word.slice(word.indexOf("=") + 1)])) {
      if (name === "" || name.length > 4096 || name.includes("\0") || name.includes("://")) continue;
      const dataset = datasetAround(path.resolve(cwd, name), root, isDataset);
      if (dataset !== undefined) found.add(path.relative(cwd, dataset));
    }
  }
  return [...found];
}

/** What is named, or the folder around it, below the project. */
function datasetAround(
  named: string,
  root: string,
  isDataset: (absolute: string) => boolean,
): string | undefined {
  if (!named.startsWith(root + path.sep) || !existsSync(named)) return undefined;
  for (let at = named; at !== root; at = path.dirname(at)) if (isDataset(at)) return at;
  return undefined;
}
