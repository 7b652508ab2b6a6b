import { existsSync, lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import { asDataError } from "../errors.js";
import type { FileStat } from "../threads/index.js";
import { DvcIgnores } from "./dvcIgnores.js";

export interface ScannedFile extends FileStat {
  /** Below the folder, with `/`; empty for a dataset that is a file. */
  relpath: string;
  /** Empty until it is known. */
  md5: string;
  isExecutable: boolean;
}

export interface Scan {
  isFolder: boolean;
  /** Not sorted. */
  files: ScannedFile[];
  warnings: string[];
}

const OWNER_EXECUTES = 0o100;

/**
 * What a file or folder consists of, as DVC sees it: symbolic links to files are the files, those to folders are left
 * out with a warning, so is what `.dvcignore` names, and empty folders do not count. Undefined where nothing is there.
 * Throws CairnError `invalid` for what no version can hold: sockets, broken links, names that are not UTF-8, a
 * `.dvcignore` inside.
 */
export function scan(root: string, target: string): Scan | undefined {
  let stat: Stats;
  try {
    stat = statSync(target);
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === "ENOENT" ||
      (error as NodeJS.ErrnoException).code === "ENOTDIR"
    )
      return undefined;
    throw asDataError("look at", target, error);
  }
  if (stat.isFile()) return { isFolder: false, files: [toFile("", stat)], warnings: [] };
  if (!stat.isDirectory()) throw invalid(target, "is neither a file nor a folder");
  const files: ScannedFile[] = [];
  const warnings: string[] = [];
  const ignores = new DvcIgnores(root, target);
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const at = path.join(target, folder);
    for (const entry of list(at)) {
      const relpath = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const file = `${target}${path.sep}${relpath}`;
      if (entry.name.includes("\ufffd")) assertUtf8(at, entry.name);
      if (ignores.some && ignores.ignores(relpath, entry.isDirectory())) continue;
      if (entry.isDirectory()) folders.push(relpath);
      else if (entry.isFile()) files.push(toFile(relpath, lstatSync(file)));
      else if (entry.isSymbolicLink()) {
        const linked = statSync(file, { throwIfNoEntry: false });
        if (linked?.isFile()) files.push(toFile(relpath, linked));
        else if (linked?.isDirectory())
          warnings.push(`The link ${relpath} leads to a folder and is left out, as DVC does.`);
        else throw invalid(file, "is a symbolic link that leads nowhere");
      } else throw invalid(file, "is neither a file nor a folder");
      if (entry.name === ".dvcignore")
        throw invalid(file, "may not lie inside a dataset: DVC refuses it there");
    }
  }
  return { isFolder: true, files, warnings };
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw asDataError("read", folder, error);
  }
}

function toFile(relpath: string, { size, mtimeMs, ctimeMs, ino, mode }: Stats): ScannedFile {
  const isExecutable = process.platform !== "win32" && (mode & OWNER_EXECUTES) !== 0;
  return { relpath, md5: "", size, mtimeMs, ctimeMs, ino, isExecutable };
}

/** The character that stands for what is no UTF-8 may also be meant. */
function assertUtf8(folder: string, name: string): void {
  if (!existsSync(path.join(folder, name)))
    throw invalid(path.join(folder, name), "has a name that is not UTF-8, which DVC's format cannot hold");
}

function invalid(file: string, reason: string): CairnError {
  return new CairnError("invalid", `${file} ${reason}.`, {
    hint: "Rename or remove it, or add the other files one by one.",
  });
}

/** Warns of names that are one on a file system that does not tell case apart. */
export function clashesOf(files: readonly ScannedFile[]): string[] {
  const seen = new Map<string, string>();
  const found: string[] = [];
  for (const { relpath } of files) {
    const folded = relpath.normalize("NFC").toLowerCase();
    const other = seen.get(folded);
    if (other === undefined) seen.set(folded, relpath);
    else if (found.length < 10)
      found.push(
        `${other} and ${relpath} are one file on Windows and macOS, where this version cannot be checked out.`,
      );
  }
  return found;
}
