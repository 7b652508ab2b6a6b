import { createHash } from "node:crypto";
import os from "node:os";
import type { DataAddResult } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import { writeWhole } from "../files/index.js";
import type { DataProject } from "./context.js";
import { findTracked } from "./datasets/findDatasets.js";
import { assertApart, type FoundPointer, type Place, placeOf, pointerAt } from "./datasets/place.js";
import { encodeDirObject } from "./dvc/dirObject.js";
import { assertNotLocked } from "./dvc/dvcRepository.js";
import { assertUntracked, authorOf, gitAround, ignoreLine } from "./dvc/gitIgnore.js";
import { writePointer } from "./dvc/pointer.js";
import { asDataError } from "./errors.js";
import { Ingest } from "./ingest.js";
import { linkIntoCache, wantsCache } from "./linkCache.js";
import { versionOf } from "./log.js";
import { ThreadPool } from "./threads/index.js";
import { clashesOf, type Scan, scan, type ScannedFile } from "./tree/scan.js";
import { Known, loadKnown, saveKnown } from "./tree/statCache.js";

export interface AddOptions {
  /** Relative to the project, or absolute. */
  path: string;
  message: string;
  /** Links what is added into DVC's cache as well, from now on; undefined leaves it as it was chosen. */
  dvcCache?: boolean;
}

/** What a dataset consists of, hashed. */
interface Counted {
  md5: string;
  size: number;
  files: number | null;
  isExecutable: boolean;
  entries: ScannedFile[];
}

/**
 * Records a version of a file or folder: its content in the store, the version in the database, DVC's pointer and the
 * line in `.gitignore` beside it, in this order; each is whole or not there. A dataset that has not changed gets no new
 * version. Throws CairnError `notFound`, `invalid`, `refused` (tracked by Git, inside another dataset), `busy` (a file
 * that keeps changing, DVC at work), `full`, `cancelled`; then no version was made.
 */
export async function addData(project: DataProject, options: AddOptions): Promise<DataAddResult> {
  const { context, database, store, sets } = project;
  const { root } = context.paths;
  const place = placeOf(root, options.path);
  assertApart(root, place);
  assertNoOutput(root, place);
  assertNotLocked(project.dvc, place.target);
  const git = project.dvc?.isWithoutGit === true ? undefined : gitAround(root, context.signal);
  await assertUntracked(git, place.target);
  const found = scan(project.dvc?.root ?? root, place.target);
  if (!found) {
    throw new CairnError("notFound", `There is no file or folder ${place.path}.`, {
      hint: "Paths are relative to the folder that the command is called in.",
    });
  }
  assertNoPointers(place, found);
  const previous = pointerAt(place);
  store.files.sweep();

  const threads = new ThreadPool(context.signal, reporter(project, found));
  const ingest = new Ingest(store, threads, context.paths.database);
  try {
    const known = loadKnown(database, place.path);
    const counted = await addContents(project, { place, found, previous, known, ingest });
    const { entries, ...content } = counted;
    await ingest.secure();
    context.signal.throwIfAborted();
    const newest = sets.newest(place.path);
    const isUnchanged = newest?.md5 === content.md5 && (newest.executable === 1) === content.isExecutable;
    const author = await authorOf(git, os.userInfo().username);
    let number = newest?.number ?? 1;
    database
      .transaction(() => {
        let id = newest?.id ?? 0;
        if (!isUnchanged) {
          const { message } = options;
          ({ id, number } = sets.insert({ ...content, path: place.path, author, message, time: Date.now() }));
        }
        ingest.insert(id);
        saveKnown(database, place.path, Known.of(entries, content.md5));
      })
      .immediate();
    const wrote = await writeBeside(project, place, content, previous, git);
    if (wantsCache(project, options.dvcCache)) await linkIntoCache(project, content.md5, entries);
    return {
      ...versionOf(project, place.path, number),
      unchanged: isUnchanged,
      warnings: [...found.warnings, ...clashesOf(found.files)],
      wrote,
    };
  } catch (error) {
    if (context.signal.aborted) throw new CairnError("cancelled", "Cancelled: nothing was added.");
    throw asDataError("add", place.path, error);
  } finally {
    await threads.close();
    ingest.discard();
  }
}

/** Hashes what is new and copies it into the store; what looks as it did and is in the store is not read. */
export async function addContents(
  project: DataProject,
  given: { place: Place; found: Scan; previous?: FoundPointer; known: Known; ingest: Ingest },
): Promise<Counted> {
  const { place, found, previous, known, ingest } = given;
  const { store } = project;
  const before = predecessors(project, place, previous);
  const hashed = found.files;
  for (const [i, file] of hashed.entries()) {
    const md5 = known.md5Of(file, i);
    file.md5 = md5 !== undefined && store.objects.has(md5) ? md5 : "";
  }
  const fresh = hashed.filter(({ md5 }) => md5 === "");
  const results = await ingest.add(
    fresh.map(({ relpath, size }) => ({
      file: relpath === "" ? place.target : `${place.target}/${relpath}`,
      name: relpath === "" ? place.path : `${place.path}/${relpath}`,
      size,
      predecessor: before.get(relpath),
    })),
  );
  for (const [i, file] of fresh.entries()) {
    const result = results[i];
    if (result) Object.assign(file, { md5: result.md5 }, result.stat);
  }
  const size = hashed.reduce((sum, file) => sum + file.size, 0);
  const [only] = hashed;
  if (!found.isFolder && only)
    return { md5: only.md5, size, files: null, isExecutable: only.isExecutable, entries: hashed };
  const list = encodeDirObject(hashed);
  const md5 = `${createHash("md5").update(list).digest("hex")}.dir`;
  await ingest.addBytes(md5, createHash("sha256").update(list).digest(), list, before.get(""));
  return { md5, size, files: hashed.length, isExecutable: false, entries: hashed };
}

/** The contents of the version before, by the path in the folder; the list of the files itself by the empty one. */
function predecessors(project: DataProject, place: Place, previous?: FoundPointer): Map<string, string> {
  const { store, sets } = project;
  const pointed = previous?.out.md5;
  const md5 = pointed !== undefined && store.objects.has(pointed) ? pointed : sets.newest(place.path)?.md5;
  const before = new Map<string, string>();
  if (md5 === undefined || !store.objects.has(md5)) return before;
  before.set("", md5);
  if (md5.endsWith(".dir"))
    for (const entry of project.contents.folder({ md5, isLegacy: false }))
      before.set(entry.relpath, entry.md5);
  return before;
}

/** The pointer and Git's line; returns the relative paths of what was written. */
async function writeBeside(
  project: DataProject,
  place: Place,
  { md5, size, files, isExecutable }: Omit<Counted, "entries">,
  previous: FoundPointer | undefined,
  git: ReturnType<typeof gitAround>,
): Promise<string[]> {
  const wrote: string[] = [];
  const name = place.path.slice(place.path.lastIndexOf("/") + 1);
  const nfiles = files === null ? {} : { nfiles: files };
  const text = writePointer(name, { md5, size, ...nfiles, isExecutable }, previous?.text);
  const ignore = await ignoreLine(git, place.target);
  if (text !== previous?.text) {
    await writeClaimed(project, place.pointer, text);
    wrote.push(`${place.path}.dvc`);
  }
  if (ignore) {
    await writeClaimed(project, ignore.file, ignore.text);
    wrote.push([...place.path.split("/").slice(0, -1), ".gitignore"].join("/"));
  }
  return wrote;
}

/** As `writeWhole`, with its temporary file written down, so that a killed process leaves none. */
export async function writeClaimed({ store }: DataProject, file: string, text: string): Promise<void> {
  const claim = store.files.claim(`${file}.${process.pid}.tmp`);
  try {
    await writeWhole(file, text);
  } finally {
    store.files.release(claim);
  }
}

/** What a stage of a pipeline makes is a version by its lock file: two pointers to it would contradict each other. */
function assertNoOutput(root: string, { path: name }: Place): void {
  const made = findTracked(root).find(
    ({ path: other, locked }) => locked && (other === name || isWithin(other, name) || isWithin(name, other)),
  );
  if (!made) return;
  throw new CairnError(
    "refused",
    `${made.path} is made by the stage ${made.locked?.stage ?? ""} of ${made.pointer}.`,
    {
      hint: "`dvc repro` or `dvc commit` records what it makes.",
    },
  );
}

const isWithin = (folder: string, file: string): boolean => file.startsWith(`${folder}/`);

function assertNoPointers({ path: name }: Place, { files }: Scan): void {
  const inside = files.find(({ relpath }) => relpath.endsWith(".dvc"));
  if (!inside) return;
  throw new CairnError("refused", `The dataset ${inside.relpath.slice(0, -4)} lies in ${name}.`, {
    hint: `Remove its pointer ${name}/${inside.relpath} first, to version the folder as a whole.`,
  });
}

/** Threads tell what they have copied and hashed; of a large file that is three times its size. */
function reporter({ context }: DataProject, { files }: Scan): (bytes: number) => void {
  const total = files.reduce((sum, { size }) => sum + size * (size >= 4 << 20 ? 3 : 1), 0);
  let bytes = 0;
  return (count) => {
    bytes += count;
    context.onProgress?.({ bytes: Math.min(bytes, total), total, what: "stored" });
  };
}
