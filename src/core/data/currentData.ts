import { CairnError, toError } from "../../shared/errors.js";
import type { DataFilesResult, DataNow } from "../../shared/data/api.js";
import type { DataProject } from "./context.js";
import { placeOf, pointerAt } from "./datasets/place.js";
import { ThreadPool } from "./threads/index.js";
import { identify } from "./tree/identify.js";
import { scan } from "./tree/scan.js";
import { loadKnown, saveKnown } from "./tree/statCache.js";

/**
 * What these files and folders are now: their hash, and which version of a dataset that is. Only files that look
 * otherwise than when they were last read are read; what is no dataset is remembered as well.
 * @param given relative to the project, or absolute; those outside it are `outside`
 */
export async function currentData(project: DataProject, given: readonly string[]): Promise<DataNow[]> {
  const { context } = project;
  let bytes = 0;
  const threads = new ThreadPool(context.signal, (count) => {
    context.onProgress?.({ bytes: (bytes += count), what: "hashed" });
  });
  try {
    const found: DataNow[] = [];
    for (const each of given) found.push({ ...(await look(project, each, threads)), given: each });
    return found;
  } finally {
    await threads.close();
  }
}

/** The files of a dataset as they lie there. Throws CairnError `notFound` where there are none. */
export async function currentFiles(project: DataProject, given: string): Promise<DataFilesResult> {
  const { context, database, dvc, sets } = project;
  const place = placeOf(context.paths.root, given);
  const found = scan(dvc?.root ?? context.paths.root, place.target);
  if (!found) throw new CairnError("notFound", `${place.path} is not there.`);
  const threads = new ThreadPool(context.signal);
  try {
    const known = loadKnown(database, place.path);
    const now = await identify({ target: place.target, name: place.path }, found, known, {
      threads,
      isLegacy: false,
    });
    if (now.isNews && !database.readonly) saveKnown(database, place.path, now.known);
    const files = now.entries.map(({ relpath, md5, size }) => ({ path: relpath, md5, size }));
    const version = sets.byMd5(place.path, now.md5)?.number ?? null;
    return { path: place.path, version, md5: now.md5, isFolder: found.isFolder, files };
  } finally {
    await threads.close();
  }
}

async function look(
  { context, database, dvc, sets }: DataProject,
  given: string,
  threads: ThreadPool,
): Promise<Omit<DataNow, "given">> {
  const { root } = context.paths;
  const nothing = { path: null, md5: null, version: null, isDataset: false, problem: null };
  let place;
  try {
    place = placeOf(root, given);
  } catch {
    return { ...nothing, state: "outside" };
  }
  const known = { ...nothing, path: place.path };
  try {
    const versions = sets.newest(place.path);
    const isDataset = versions !== undefined || pointerAt(place) !== undefined;
    const found = scan(dvc?.root ?? root, place.target);
    if (!found) return { ...known, isDataset, state: "missing" };
    const now = await identify(
      { target: place.target, name: place.path },
      found,
      loadKnown(database, place.path),
      {
        threads,
        isLegacy: false,
      },
    );
    if (now.isNews && !database.readonly) saveKnown(database, place.path, now.known);
    const version = sets.byMd5(place.path, now.md5)?.number ?? null;
    return { ...known, isDataset, state: "there", md5: now.md5, version };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { ...known, state: "broken", problem: toError(error).message };
  }
}
