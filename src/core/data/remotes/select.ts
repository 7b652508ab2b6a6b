import path from "node:path";
import type { DataScope } from "../../../shared/data/remotes.js";
import { CairnError } from "../../../shared/errors.js";
import type { DataProject } from "../context.js";
import { findTracked } from "../datasets/findDatasets.js";
import { placeOf } from "../datasets/place.js";
import { gitAround } from "../dvc/gitIgnore.js";
import { pastFiles } from "./history.js";
import { type Output, outputsAt, outputsOf } from "./outputs.js";

export interface Selected {
  /** Of the work tree's pointers and lock files. */
  current: Output[];
  /** Of other branches, tags and commits, as far as they are others. */
  past: Output[];
}

/**
 * The outputs that are meant: of the work tree, below the paths given, and with `scope` those of Git's history. Throws
 * CairnError `notFound` for a path that is neither a dataset nor a folder with one.
 */
export async function selectOutputs(
  project: DataProject,
  given: readonly string[],
  scope: DataScope = {},
): Promise<Selected> {
  const { root } = project.context.paths;
  const names = given.map((each) => relativeTo(root, each));
  const isMeant = ({ path: name }: Output): boolean =>
    names.length === 0 || names.some((each) => each === "" || name === each || name.startsWith(`${each}/`));
  const pointers = [...new Set(findTracked(root).map(({ pointer }) => pointer))];
  const all = pointers.flatMap((pointer) => outputsAt(root, pointer));
  const current = all.filter(isMeant);
  for (const name of names) {
    const isThere =
      name === "" || current.some(({ path: own }) => own === name || own.startsWith(`${name}/`));
    if (!isThere && scope.commits !== true && scope.branches !== true && scope.tags !== true)
      throw new CairnError("notFound", `${name} is no dataset, and there is none in it.`, {
        hint: "cairn data status shows the datasets.",
      });
  }
  if (scope.commits !== true && scope.branches !== true && scope.tags !== true) return { current, past: [] };
  const git = gitAround(root, project.context.signal);
  const known = new Set(all.map(({ md5 }) => md5));
  const past = (await pastFiles(git, scope)).flatMap(({ path: name, text, pipeline }) => {
    const own = path
      .relative(root, path.join(git?.root ?? root, name))
      .split(path.sep)
      .join("/");
    try {
      return outputsOf(own, text, pipeline);
    } catch {
      // Somebody committed it broken; what it meant nobody knows.
      return [];
    }
  });
  return { current, past: past.filter((output) => isMeant(output) && !known.has(output.md5)) };
}

function relativeTo(root: string, given: string): string {
  const full = path.resolve(root, given);
  return full === root ? "" : placeOf(root, given).path;
}
