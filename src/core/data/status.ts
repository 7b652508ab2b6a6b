import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import type { DataStatus, DataStatusReport } from "../../shared/data/api.js";
import { toErrorShape } from "../../shared/errors.js";
import type { Db } from "../store/index.js";
import { Contents } from "./contents.js";
import type { DataContext } from "./context.js";
import { findTracked, type Tracked } from "./datasets/findDatasets.js";
import { type Place, placeOf, pointerAt } from "./datasets/place.js";
import { DataSets } from "./datasets/repository.js";
import { type DvcRepository, findDvcRepository } from "./dvc/dvcRepository.js";
import { ContentStore } from "./store/index.js";
import { ThreadPool } from "./threads/index.js";
import { identify, type Identified } from "./tree/identify.js";
import { scan } from "./tree/scan.js";
import { loadKnown, saveKnown } from "./tree/statCache.js";

interface Looking {
  context: DataContext;
  database: Db | undefined;
  sets: DataSets | undefined;
  dvc: DvcRepository | undefined;
  contents: Contents;
  threads: ThreadPool;
}

interface Looked {
  status: DataStatus;
  bytes: number;
}

/**
 * What has changed since it was added, of the datasets named or of all. Reads only files that look otherwise than when
 * they were last read.
 * @param database undefined where nothing was recorded yet; remembers what is hashed where it can be written
 */
export async function statusOfData(
  database: Db | undefined,
  context: DataContext,
  given: readonly string[] = [],
): Promise<DataStatusReport> {
  const { root } = context.paths;
  const dvc = findDvcRepository(root);
  const store = database && new ContentStore(database, context.paths);
  const sets = database && new DataSets(database);
  let bytes = 0;
  const threads = new ThreadPool(context.signal, (count) => {
    context.onProgress?.({ bytes: (bytes += count), what: "hashed" });
  });
  const looking: Looking = { context, database, sets, dvc, contents: new Contents(store, dvc), threads };
  try {
    const looked: Looked[] = [];
    for (const tracked of select(root, sets, given)) looked.push(await look(looking, tracked));
    return {
      datasets: looked.map(({ status }) => status),
      bytes: {
        data: looked.reduce((sum, each) => sum + each.bytes, 0),
        store: sets?.storeBytes() ?? 0,
        dvcCache: dvc ? measure(dvc.cache) : null,
      },
      unpacked: store?.objects.unpackedCount() ?? 0,
    };
  } finally {
    await threads.close();
  }
}

/** Those named, else all that the project's files or its database know. */
function select(root: string, sets: DataSets | undefined, given: readonly string[]): Tracked[] {
  const all = findTracked(root);
  const known = new Set(all.map((tracked) => tracked.path));
  for (const own of sets?.paths() ?? []) if (!known.has(own)) all.push({ path: own, pointer: `${own}.dvc` });
  if (given.length === 0) return all.sort((a, b) => (a.path < b.path ? -1 : 1));
  return given.map((each) => {
    const { path: name } = placeOf(root, each);
    return all.find((tracked) => tracked.path === name) ?? { path: name, pointer: `${name}.dvc` };
  });
}

async function look(looking: Looking, tracked: Tracked): Promise<Looked> {
  const { context, database, sets, dvc, contents, threads } = looking;
  const status: DataStatus = {
    ...{ path: tracked.path, state: "unchanged", md5: null, size: null, version: null, stored: false },
    ...{ added: [], changed: [], removed: [], pointer: tracked.pointer, problem: null },
  };
  let bytes = 0;
  try {
    const place = placeOf(context.paths.root, tracked.path);
    const wanted = tracked.locked ?? pointed(place);
    const found = scan(dvc?.root ?? context.paths.root, place.target);
    bytes = found?.files.reduce((sum, { size }) => sum + size, 0) ?? 0;
    if (!wanted)
      return {
        status: { ...status, state: "noPointer", version: sets?.newest(place.path)?.number ?? null },
        bytes,
      };
    const { md5, size, isLegacy } = wanted;
    status.md5 = md5;
    status.size = size;
    status.version = sets?.byMd5(place.path, md5)?.number ?? null;
    status.stored = contents.has({ md5, isLegacy });
    if (!found) return { status: { ...status, state: "missing" }, bytes };
    const key = isLegacy ? `${place.path}#legacy` : place.path;
    const now = await identify({ target: place.target, name: place.path }, found, loadKnown(database, key), {
      threads,
      isLegacy,
    });
    if (now.isNews && database && !database.readonly) saveKnown(database, key, now.known);
    if (now.md5 === md5) return { status, bytes };
    return {
      status: { ...status, state: "modified", ...differences(contents, { md5, isLegacy }, now) },
      bytes,
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { status: { ...status, state: "broken", problem: toErrorShape(error).message }, bytes };
  }
}

function pointed(place: Place): { md5: string; size: number | null; isLegacy: boolean } | undefined {
  const found = pointerAt(place);
  if (found?.out.md5 === undefined) return undefined;
  return { md5: found.out.md5, size: found.out.size ?? null, isLegacy: found.out.hash !== "md5" };
}

/** Which files of a folder; nothing where the list of what was is nowhere. */
function differences(
  contents: Contents,
  id: { md5: string; isLegacy: boolean },
  now: Identified,
): Pick<DataStatus, "added" | "changed" | "removed"> {
  const none = { added: [], changed: [], removed: [] };
  if (!id.md5.endsWith(".dir") || !contents.has(id)) return none;
  const before = new Map(contents.folder(id).map(({ relpath, md5 }) => [relpath, md5]));
  const after = new Map(now.entries.map(({ relpath, md5 }) => [relpath, md5]));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)).sort(),
    changed: [...after]
      .flatMap(([name, md5]) => (before.has(name) && before.get(name) !== md5 ? [name] : []))
      .sort(),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(),
  };
}

/** Bytes of all files below a folder. */
function measure(start: string): number {
  let bytes = 0;
  const folders = [start];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      // Not made yet, or going away.
      continue;
    }
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      else bytes += lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return bytes;
}
