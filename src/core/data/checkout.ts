import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DataCheckoutResult } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import { writeClaimed } from "./add.js";
import type { DataProject } from "./context.js";
import { type Place, pointerAt } from "./datasets/place.js";
import type { DirEntry } from "./dvc/dirObject.js";
import { assertNotLocked } from "./dvc/dvcRepository.js";
import { writePointer } from "./dvc/pointer.js";
import { asDataError } from "./errors.js";
import { withRepair } from "./remotes/repair.js";
import { resolveVersion, type WantedVersion } from "./resolveVersion.js";
import { stage } from "./stage.js";
import { secure } from "./store/index.js";
import { ThreadPool } from "./threads/index.js";
import { identify, type Identified } from "./tree/identify.js";
import { type Scan, scan, type ScannedFile } from "./tree/scan.js";
import { Known, loadKnown, saveKnown } from "./tree/statCache.js";

export interface CheckoutOptions {
  /** `PATH[@VERSION]`. */
  target: string;
  /** Replace what was changed and is stored nowhere. */
  force: boolean;
}

interface Plan {
  /** To be written: contents by their place below the dataset, empty for a file. */
  write: DirEntry[];
  /** To be removed, likewise. */
  remove: ScannedFile[];
  /** Replaced or removed ones, as they looked when they were judged. */
  touched: ScannedFile[];
  kept: number;
  /** How the files that were written looked before they were put in place. */
  staged: (DirEntry & Pick<ScannedFile, "size" | "mtimeMs" | "ino">)[];
}

/** Milliseconds after which a change of a file surely gives it another time. */
const SETTLED = 20;

/**
 * Makes a dataset what a version says, byte for byte, and its pointer with it. What is there and differs is only
 * replaced where it can be brought back; anything else is refused, unless forced. All contents are made and verified
 * beside the dataset first and then renamed: whoever dies before that has changed nothing, later each file is the old
 * or the new one. Throws CairnError `refused` (changed files), `notFound`, `corrupt`, `busy`, `full`, `cancelled`.
 */
export async function checkoutData(
  project: DataProject,
  options: CheckoutOptions,
): Promise<DataCheckoutResult> {
  return checkoutVersion(project, await resolveVersion(project, options.target), options.force);
}

/** The same for a version that is known already. */
export async function checkoutVersion(
  project: DataProject,
  wanted: WantedVersion,
  force: boolean,
): Promise<DataCheckoutResult> {
  const { context, store, contents, dvc, database } = project;
  const { place, md5, isLegacy } = wanted;
  assertNotLocked(dvc, place.target);
  const isDamaged = !isLegacy && store.objects.byMd5(md5) !== undefined;
  if (!contents.has(wanted) && !isDamaged) {
    throw new CairnError("notFound", `The content of ${place.path} (${md5}) is not on this machine.`, {
      hint: "Fetch it from the remote (cairn data pull), or from where it was added.",
    });
  }
  store.files.sweep();
  const threads = new ThreadPool(context.signal);
  try {
    const found = scan(dvc?.root ?? context.paths.root, place.target);
    const isFolder = md5.endsWith(".dir");
    const list = () => contents.folder(wanted);
    const target = isFolder ? await withRepair(project, isLegacy ? [] : [md5], list) : [{ md5, relpath: "" }];
    const key = isLegacy ? `${place.path}#legacy` : place.path;
    const now =
      found &&
      (await identify({ target: place.target, name: place.path }, found, loadKnown(database, key), {
        threads,
        isLegacy,
      }));
    const plan = makePlan(target, now);
    if (!force) assertRestorable(project, wanted, plan, now);
    const size = await carryOut(project, wanted, plan, found);
    const after = scan(dvc?.root ?? context.paths.root, place.target);
    if (!isLegacy && after) remember(project, place, md5, [...plan.staged, ...keptOf(plan, now)], after);
    if (!wanted.isPointed) await point(project, wanted, size, isFolder ? target.length : undefined);
    return {
      ...{ path: place.path, version: wanted.number, md5, size },
      ...{ written: plan.write.length, removed: plan.remove.length, kept: plan.kept },
    };
  } catch (error) {
    if (context.signal.aborted)
      throw new CairnError("cancelled", "Cancelled: every file is the old or the new one.");
    throw asDataError("check out", place.path, error);
  } finally {
    await threads.close();
  }
}

function makePlan(target: readonly DirEntry[], now: Identified | undefined): Plan {
  const there = new Map((now?.entries ?? []).map((entry) => [entry.relpath, entry]));
  const write = target.filter(({ relpath, md5 }) => there.get(relpath)?.md5 !== md5);
  const wanted = new Set(target.map(({ relpath }) => relpath));
  const remove = [...there.values()].filter(({ relpath }) => !wanted.has(relpath));
  const replaced = write.flatMap(({ relpath }) => there.get(relpath) ?? []);
  return { write, remove, touched: [...replaced, ...remove], kept: target.length - write.length, staged: [] };
}

function assertRestorable(
  { contents }: DataProject,
  { place, isLegacy }: WantedVersion,
  { touched }: Plan,
  now: Identified | undefined,
): void {
  const md5s = new Map((now?.entries ?? []).map(({ relpath, md5 }) => [relpath, md5]));
  const lost = touched.filter(({ relpath }) => !contents.has({ md5: md5s.get(relpath) ?? "", isLegacy }));
  if (lost.length === 0) return;
  const names = lost
    .slice(0, 5)
    .map(({ relpath }) => (relpath === "" ? place.path : `${place.path}/${relpath}`));
  const more = lost.length > names.length ? ` and ${lost.length - names.length} more` : "";
  throw new CairnError("refused", `Changed, and stored nowhere: ${names.join(", ")}${more}.`, {
    hint: `Keep the changes with cairn data add '${place.path}', or give them up with --force.`,
  });
}

/** Returns the bytes of the version. */
async function carryOut(
  project: DataProject,
  wanted: WantedVersion,
  plan: Plan,
  found: Scan | undefined,
): Promise<number> {
  const { context, store } = project;
  const { place } = wanted;
  mkdirSync(path.dirname(place.target), { recursive: true });
  const staging = store.files.claim(
    path.join(path.dirname(place.target), `.cairn-${process.pid}-${randomBytes(4).toString("hex")}`),
  );
  try {
    mkdirSync(staging.file, { mode: 0o700 });
    assertDistinct(staging.file, [...plan.write, ...(found?.files ?? [])], place);
    const md5s = wanted.isLegacy ? [] : plan.write.map(({ md5 }) => md5);
    plan.staged = await withRepair(project, md5s, () => {
      for (const name of readdirSync(staging.file)) rmSync(path.join(staging.file, name));
      return stage(project, wanted, plan.write, staging.file);
    });
    await delay(SETTLED);
    const [first] = plan.write;
    if (first?.relpath === "") secureWritable(path.join(staging.file, "0"), wanted.isExecutable);
    assertUntouched(place, plan.touched);
    const folders = clear(place, plan, found);
    for (const [i, { relpath }] of plan.write.entries()) {
      const to = relpath === "" ? place.target : path.join(place.target, relpath);
      if (relpath !== "") mkdirSync(path.dirname(to), { recursive: true });
      renameSync(path.join(staging.file, String(i)), to);
    }
    for (const folder of folders) removeEmpty(folder, place.target);
    // A version without a file is a folder all the same.
    if (wanted.md5.endsWith(".dir")) mkdirSync(place.target, { recursive: true });
  } finally {
    store.files.remove(staging);
  }
  const after = scan(context.paths.root, place.target);
  return after?.files.reduce((sum, { size }) => sum + size, 0) ?? 0;
}

/** Takes away what is not part of the version; returns the folders that may be empty now. */
function clear({ target }: Place, { write, remove }: Plan, found: Scan | undefined): Set<string> {
  const folders = new Set<string>();
  for (const { relpath } of remove) {
    const file = relpath === "" ? target : path.join(target, relpath);
    rmSync(file, { force: true });
    if (relpath !== "") folders.add(path.dirname(file));
  }
  // A file takes the place of a folder: only empty ones are left of it.
  for (const { relpath } of write) {
    const at = relpath === "" ? target : path.join(target, relpath);
    if (found && lstatSync(at, { throwIfNoEntry: false })?.isDirectory() === true) removeEmptyBelow(at);
  }
  return folders;
}

function removeEmptyBelow(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmptyBelow(path.join(folder, entry.name));
  rmdirSync(folder);
}

/** Removes a folder and those above it, below the dataset, as long as they are empty. */
function removeEmpty(start: string, top: string): void {
  for (let folder = start; folder !== top && folder.startsWith(top); folder = path.dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** Throws CairnError `busy` when a file is not what it was when it was decided that it may go. */
function assertUntouched({ target, path: name }: Place, files: readonly ScannedFile[]): void {
  for (const { relpath, size, mtimeMs, ctimeMs, ino } of files) {
    const stat = statSync(relpath === "" ? target : path.join(target, relpath), { throwIfNoEntry: false });
    if (stat?.size === size && stat.mtimeMs === mtimeMs && stat.ctimeMs === ctimeMs && stat.ino === ino)
      continue;
    throw new CairnError(
      "busy",
      `${relpath === "" ? name : `${name}/${relpath}`} was changed during the checkout.`,
      {
        hint: "Nothing was replaced. Wait until whatever writes to it has finished, and try again.",
      },
    );
  }
}

/** Throws CairnError `refused` where two names would be one file, on file systems that do not tell case apart. */
function assertDistinct(staging: string, entries: readonly { relpath: string }[], place: Place): void {
  if (!existsSync(staging.replace(/\.cairn-[^/\\]*$/, (own) => own.toUpperCase()))) return;
  const seen = new Map<string, string>();
  for (const { relpath } of entries) {
    const folded = relpath.normalize("NFC").toLowerCase();
    const other = seen.get(folded) ?? relpath;
    seen.set(folded, relpath);
    if (other === relpath) continue;
    throw new CairnError("refused", `${other} and ${relpath} of ${place.path} would be one file here.`, {
      hint: "Check this version out on a file system that tells upper from lower case.",
    });
  }
}

function secureWritable(file: string, isExecutable: boolean): void {
  secure(file);
  chmodSync(file, isExecutable ? 0o755 : 0o644);
}

function keptOf({ write, remove }: Plan, now: Identified | undefined): Plan["staged"] {
  const gone = new Set([...write, ...remove].map(({ relpath }) => relpath));
  return (now?.entries ?? []).filter(({ relpath }) => !gone.has(relpath));
}

/** What still looks as it did when its content was known need not be read to know what it is. */
function remember(project: DataProject, place: Place, md5: string, known: Plan["staged"], after: Scan): void {
  const expected = new Map(known.map((entry) => [entry.relpath, entry]));
  const entries = after.files.flatMap((file) => {
    const before = expected.get(file.relpath);
    const same = before?.size === file.size && before.mtimeMs === file.mtimeMs && before.ino === file.ino;
    return same ? [{ ...file, md5: before.md5 }] : [];
  });
  if (entries.length !== after.files.length || entries.length !== known.length) return;
  saveKnown(project.database, place.path, Known.of(entries, md5));
}

async function point(
  project: DataProject,
  wanted: WantedVersion,
  size: number,
  nfiles: number | undefined,
): Promise<void> {
  const { place, md5, isExecutable, pointerText } = wanted;
  const previous = pointerAt(place);
  const name = path.posix.basename(place.path);
  const content = { md5, size, ...(nfiles === undefined ? {} : { nfiles }), isExecutable };
  const text = pointerText ?? writePointer(name, content, previous?.text);
  if (text !== previous?.text) await writeClaimed(project, place.pointer, text);
}
