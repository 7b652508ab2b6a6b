import os from "node:os";
import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import { addContents, writeClaimed } from "./add.js";
import { checkoutVersion } from "./checkout.js";
import type { ContentId } from "./contents.js";
import type { DataProject } from "./context.js";
import { type Place, placeOf } from "./datasets/place.js";
import { assertUntracked, authorOf, gitAround, ignoreLine } from "./dvc/gitIgnore.js";
import { asDataError } from "./errors.js";
import { Ingest } from "./ingest.js";
import { linkIntoCache, wantsCache } from "./linkCache.js";
import { ThreadPool } from "./threads/index.js";
import { identify } from "./tree/identify.js";
import { scan } from "./tree/scan.js";
import { Known, loadKnown, saveKnown } from "./tree/statCache.js";

/* What stages of pipelines read and make: files and folders with a hash that a lock file holds instead of a pointer. */

/** A file or folder as a lock file describes it. */
export interface LockedContent {
  /** DVC's, with `.dir` behind for a folder. */
  md5: string;
  /** Bytes, of all files of a folder together. */
  size: number;
  /** Of a folder; null for a file. */
  files: number | null;
  isExecutable: boolean;
}

/** Says what files and folders are, reading only what looks otherwise than when it was last read. `close` it. */
export class ContentLooker {
  private readonly threads: ThreadPool;

  constructor(private readonly project: DataProject) {
    this.threads = new ThreadPool(project.context.signal);
  }

  /**
   * Undefined where nothing is.
   * @param absolute may lie outside the project
   * @param isLegacy by the hash of DVC before version 3
   */
  async look(absolute: string, isLegacy = false): Promise<LockedContent | undefined> {
    const { context, dvc, database } = this.project;
    const { root } = context.paths;
    const found = scan(dvc?.root ?? root, absolute);
    if (!found) return undefined;
    const relative = path.relative(root, absolute).split(path.sep).join("/");
    const name = relative.startsWith("../") ? absolute : relative;
    const key = isLegacy ? `${name}#legacy` : name;
    const known = loadKnown(database, key);
    const now = await identify({ target: absolute, name }, found, known, { threads: this.threads, isLegacy });
    if (now.isNews && !database.readonly) saveKnown(database, key, now.known);
    const [only] = now.entries;
    return {
      md5: now.md5,
      size: now.entries.reduce((sum, { size }) => sum + size, 0),
      files: found.isFolder ? now.entries.length : null,
      isExecutable: !found.isFolder && only?.isExecutable === true,
    };
  }

  close(): Promise<void> {
    return this.threads.close();
  }
}

/** Whether this machine can bring a content back: all files of it, for a folder. */
export function isStored({ contents }: DataProject, id: ContentId): boolean {
  if (!contents.has(id)) return false;
  if (!id.md5.endsWith(".dir")) return true;
  return contents.folder(id).every(({ md5 }) => contents.has({ md5, isLegacy: id.isLegacy }));
}

/** Makes an output what its lock says, byte for byte, whatever is there now. Throws CairnError `notFound`, `corrupt`. */
export async function restoreOutput(
  project: DataProject,
  name: string,
  content: ContentId & { isExecutable: boolean },
): Promise<void> {
  const place = placeOf(project.context.paths.root, name);
  await checkoutVersion(project, { ...content, place, number: null, isPointed: true }, true);
}

/**
 * Records an output as a version: its content in the store (and DVC's cache, if that is wanted), the version in the
 * database, the line in `.gitignore`; no pointer, because the lock file is one. Throws CairnError `notFound`, `refused`
 * (tracked by Git), `busy`, `full`, `cancelled`.
 */
export async function storeOutput(
  project: DataProject,
  options: { path: string; message: string },
): Promise<LockedContent & { wrote: string[] }> {
  const { context, database, store, sets, dvc } = project;
  const { root } = context.paths;
  const place = placeOf(root, options.path);
  const git = dvc?.isWithoutGit === true ? undefined : gitAround(root, context.signal);
  await assertUntracked(git, place.target);
  const found = scan(dvc?.root ?? root, place.target);
  if (!found) throw new CairnError("notFound", `There is no ${place.path}.`);
  store.files.sweep();
  const threads = new ThreadPool(context.signal);
  const ingest = new Ingest(store, threads, context.paths.database);
  try {
    const known = loadKnown(database, place.path);
    const { entries, ...content } = await addContents(project, { place, found, known, ingest });
    await ingest.secure();
    context.signal.throwIfAborted();
    const newest = sets.newest(place.path);
    const isUnchanged = newest?.md5 === content.md5 && (newest.executable === 1) === content.isExecutable;
    const author = await authorOf(git, os.userInfo().username);
    database
      .transaction(() => {
        const { message } = options;
        const id = isUnchanged
          ? newest.id
          : sets.insert({ ...content, path: place.path, author, message, time: Date.now() }).id;
        ingest.insert(id);
        saveKnown(database, place.path, Known.of(entries, content.md5));
      })
      .immediate();
    if (wantsCache(project, undefined)) await linkIntoCache(project, content.md5, entries);
    return { ...content, wrote: await ignoreOutput(project, place, git) };
  } catch (error) {
    if (context.signal.aborted) throw new CairnError("cancelled", "Cancelled.");
    throw asDataError("store", place.path, error);
  } finally {
    await threads.close();
    ingest.discard();
  }
}

async function ignoreOutput(
  project: DataProject,
  place: Place,
  git: ReturnType<typeof gitAround>,
): Promise<string[]> {
  const ignore = await ignoreLine(git, place.target);
  if (!ignore) return [];
  await writeClaimed(project, ignore.file, ignore.text);
  return [[...place.path.split("/").slice(0, -1), ".gitignore"].join("/")];
}
