import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../../../shared/errors.js";
import { type Pointer, type PointerOut, readPointer } from "../dvc/pointer.js";

const OWN_FOLDERS = [".git", ".cairn", ".dvc"];

/** Where a dataset is. */
export interface Place {
  /** Relative to the project, with `/`: its name. */
  path: string;
  /** Absolute. */
  target: string;
  /** The pointer file, absolute. */
  pointer: string;
}

/**
 * The place of a dataset by its path, absolute or relative to the project; the pointer's path will do. Throws CairnError
 * `invalid` outside the project, in a folder of Git's, DVC's or Cairn's, and inside another dataset.
 */
export function placeOf(root: string, given: string): Place {
  const target = path.resolve(
    root,
    given.endsWith(".dvc") && !isFolder(path.resolve(root, given)) ? given.slice(0, -4) : given,
  );
  const name = path.relative(root, target).split(path.sep).join("/");
  if (name === "" || name.startsWith("../") || path.isAbsolute(name))
    throw invalid(`${target} is not inside the project ${root}`, "Datasets lie below the project's folder.");
  const parts = name.split("/");
  const own = parts.find((part) => OWN_FOLDERS.includes(part));
  if (own !== undefined) throw invalid(`${name} lies in ${own}`, "Choose a file or folder of your own.");
  if ([".gitignore", ".dvcignore", "dvc.yaml", "dvc.lock"].includes(parts.at(-1) ?? ""))
    throw invalid(`${name} is a file of Git's or DVC's own`, "Keep it in Git.");
  return { path: name, target, pointer: `${target}.dvc` };
}

/** Throws CairnError `refused` for a place inside a dataset that is a folder. */
export function assertApart(root: string, { path: name }: Place): void {
  for (let at = path.posix.dirname(name); at !== "."; at = path.posix.dirname(at)) {
    if (!existsSync(path.join(root, `${at}.dvc`))) continue;
    throw new CairnError("refused", `${name} lies in the dataset ${at}.`, {
      hint: `Add the whole folder again: cairn data add '${at}'.`,
    });
  }
}

export interface FoundPointer {
  text: string;
  pointer: Pointer;
  out: PointerOut;
}

/** What the pointer beside a dataset says; undefined where there is none. Throws CairnError `corrupt` with the place. */
export function pointerAt({ path: name, pointer: file }: Place): FoundPointer | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return parsePointer(name, text);
}

/** The same of a pointer's text, wherever it comes from. */
export function parsePointer(name: string, text: string): FoundPointer {
  const { pointer, problems } = readPointer(`${name}.dvc`, text);
  const out = pointer?.outs.find((each) => each.path === path.posix.basename(name));
  const wdir = pointer?.wdir;
  if (pointer && out && (wdir === undefined || wdir === ".")) return { text, pointer, out };
  const reason = pointer
    ? `it does not speak of ${path.posix.basename(name)}`
    : (problems[0] ?? "it is empty");
  throw new CairnError("corrupt", `The pointer ${name}.dvc cannot be used: ${reason}.`, {
    hint: "Take it from Git again, or remove it and add the dataset again.",
  });
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function invalid(message: string, hint: string): CairnError {
  return new CairnError("invalid", `${message}.`, { hint });
}
