import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import path from "node:path";
import type { DataExtractResult, DataFilesResult } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import type { DataProject } from "./context.js";
import { asDataError } from "./errors.js";
import { resolveVersion, type WantedVersion } from "./resolveVersion.js";

export interface ExtractOptions {
  /** `PATH[@VERSION]`. */
  target: string;
  /** Of a folder: which of its files, with `/`. */
  file?: string | undefined;
  /** Absolute; replaced if it is there. Without it the file goes to Cairn's own folder, to be looked at. */
  to?: string | undefined;
}

/** Copies that were made to be looked at go a day after they were last asked for. */
const KEPT_MS = 24 * 3600_000;

/** The files of a version. Throws CairnError `notFound` where the version is unknown or not on this machine. */
export async function versionFiles(project: DataProject, target: string): Promise<DataFilesResult> {
  const wanted = await here(project, target);
  const { md5, isLegacy, place, number } = wanted;
  const sizeOf = (own: string) => project.contents.sizeOf({ md5: own, isLegacy });
  const found = md5.endsWith(".dir") ? project.contents.folder(wanted) : [{ md5, relpath: "" }];
  const files = found.map((entry) => ({ path: entry.relpath, md5: entry.md5, size: sizeOf(entry.md5) }));
  return { path: place.path, version: number, md5, isFolder: md5.endsWith(".dir"), files };
}

/**
 * Restores one file of a version elsewhere, without touching the dataset. It is made and verified beside its place and
 * then renamed. Throws CairnError `notFound`, `corrupt`, `full`, `refused`, `cancelled`.
 */
export async function extractFile(project: DataProject, options: ExtractOptions): Promise<DataExtractResult> {
  const { store, contents, context } = project;
  const wanted = await here(project, options.target);
  const id = { md5: md5Of(project, wanted, options.file), isLegacy: wanted.isLegacy };
  const name = path.posix.basename(options.file ?? wanted.place.path);
  const looked = path.join(context.paths.data, "views", `${id.md5}${id.isLegacy ? "-legacy" : ""}`, name);
  const to = options.to ?? looked;
  try {
    if (options.to === undefined) {
      forget(path.dirname(path.dirname(looked)), path.dirname(looked));
      if (isWhole(looked, contents.sizeOf(id)))
        return { file: looked, path: wanted.place.path, md5: id.md5, size: statSync(looked).size };
    }
    mkdirSync(path.dirname(to), { recursive: true });
    const part = store.files.claim(`${to}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
    try {
      await restore(project, id, part.file);
      if (options.to === undefined) chmodSync(part.file, 0o444);
      renameSync(part.file, to);
      store.files.release(part);
    } catch (error) {
      store.files.remove(part);
      throw error;
    }
  } catch (error) {
    if (context.signal.aborted) throw new CairnError("cancelled", "Cancelled: nothing was written.");
    throw asDataError("restore", name, error);
  }
  return { file: to, path: wanted.place.path, md5: id.md5, size: statSync(to).size };
}

async function here(project: DataProject, target: string): Promise<WantedVersion> {
  const wanted = await resolveVersion(project, target);
  if (project.contents.has(wanted)) return wanted;
  throw new CairnError(
    "notFound",
    `The content of ${wanted.place.path} (${wanted.md5}) is not on this machine.`,
    {
      hint: "Fetch it from the remote, or from where it was added.",
    },
  );
}

function md5Of({ contents }: DataProject, wanted: WantedVersion, file: string | undefined): string {
  const isFolder = wanted.md5.endsWith(".dir");
  if (!isFolder && file === undefined) return wanted.md5;
  const { path: name } = wanted.place;
  if (file === undefined) throw new CairnError("invalid", `${name} is a folder: say which of its files.`);
  const found = isFolder ? contents.folder(wanted).find(({ relpath }) => relpath === file) : undefined;
  if (found) return found.md5;
  throw new CairnError("notFound", `This version of ${name} has no file ${file}.`);
}

async function restore(
  { contents, context }: DataProject,
  id: { md5: string; isLegacy: boolean },
  file: string,
) {
  const total = contents.sizeOf(id);
  let bytes = 0;
  await contents.writeTo(id, file, (count) => {
    context.signal.throwIfAborted();
    bytes += count;
    context.onProgress?.({ bytes, ...(total === null ? {} : { total }), what: "restored" });
  });
  context.signal.throwIfAborted();
}

/** Its name says what it is, and nobody may write to it. */
function isWhole(file: string, size: number | null): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat || (size !== null && stat.size !== size)) return false;
  utimesSync(path.dirname(file), new Date(), new Date());
  return true;
}

function forget(folder: string, but: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const own = path.join(folder, name);
    const stat = own === but ? undefined : statSync(own, { throwIfNoEntry: false });
    if (stat && stat.mtimeMs < Date.now() - KEPT_MS) rmSync(own, { recursive: true, force: true });
  }
}
