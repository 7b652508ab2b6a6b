import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CairnError } from "../../../shared/errors.js";

/** The DVC repository around a project, as far as its files tell. */
export interface DvcRepository {
  root: string;
  /** The cache's folder, absolute; it may not be there. */
  cache: string;
  /** Kept without Git, so that nothing is added to `.gitignore`. */
  isWithoutGit: boolean;
  /** How mappings become arguments in templates: the section `parsing`. */
  parsing: { bool: "store_true" | "boolean_optional"; list: "nargs" | "append" };
}

/** The nearest folder with a `.dvc` folder, from the project's up; undefined where there is none. */
export function findDvcRepository(project: string): DvcRepository | undefined {
  for (let root = project; ; root = path.dirname(root)) {
    const folder = path.join(root, ".dvc");
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      const settings = new Map([
        ...settingsOf(path.join(folder, "config")),
        ...settingsOf(path.join(folder, "config.local")),
      ]);
      const cache = settings.get("cache.dir");
      return {
        root,
        // DVC takes it relative to the file that it stands in.
        cache: cache === undefined ? path.join(folder, "cache") : path.resolve(folder, cache),
        isWithoutGit: /^(true|1|yes|on)$/i.test(settings.get("core.no_scm") ?? ""),
        parsing: {
          bool: settings.get("parsing.bool") === "boolean_optional" ? "boolean_optional" : "store_true",
          list: settings.get("parsing.list") === "append" ? "append" : "nargs",
        },
      };
    }
    if (existsSync(path.join(root, ".git")) || root === path.dirname(root)) return undefined;
  }
}

/** `section.key` to value; DVC's files are INI with sections such as `['remote "x"']`. */
function settingsOf(file: string): Map<string, string> {
  const settings = new Map<string, string>();
  if (!existsSync(file)) return settings;
  let section = "";
  for (const raw of readFileSync(file, "utf8").split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const name = /^\[(.*)\]$/.exec(line)?.[1];
    if (name !== undefined) section = name.replace(/^'|'$/g, "");
    const at = line.indexOf("=");
    if (name === undefined && at > 0)
      settings.set(`${section}.${line.slice(0, at).trim()}`, line.slice(at + 1).trim());
  }
  return settings;
}

/** Where an object lies in DVC's cache: of version 3, or the older layout with its other hash. */
export function cachePath({ cache }: Pick<DvcRepository, "cache">, md5: string, isLegacy: boolean): string {
  const parts = [md5.slice(0, 2), md5.slice(2)];
  return isLegacy ? path.join(cache, ...parts) : path.join(cache, "files", "md5", ...parts);
}

const Locks = z.record(
  z.string(),
  z.looseObject({
    write: z.looseObject({ pid: z.int() }).nullish(),
    read: z.array(z.looseObject({ pid: z.int() })).nullish(),
  }),
);

/** Throws CairnError `busy` while a `dvc` process is at work with a path or has the repository to itself. */
export function assertNotLocked(repository: DvcRepository | undefined, target: string): void {
  if (!repository) return;
  const folder = path.join(repository.root, ".dvc", "tmp");
  const holder = holderOf(path.join(folder, "lock")) ?? userOf(path.join(folder, "rwlock"), target);
  if (holder === undefined) return;
  throw new CairnError("busy", `DVC is at work in ${repository.root} (process ${holder}).`, {
    hint: "Wait until it has finished, and try again.",
  });
}

/** Who holds DVC's lock, which is one of the system on the file; only Linux tells. */
function holderOf(file: string): number | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat || process.platform !== "linux") return undefined;
  let table = "";
  try {
    table = readFileSync("/proc/locks", "utf8");
  } catch {
    return undefined;
  }
  for (const line of table.split("\n")) {
    const [, , , kind, pid, place] = line.split(/\s+/);
    if (kind === "WRITE" && place?.endsWith(`:${stat.ino}`) === true) return Number(pid);
  }
  return undefined;
}

function userOf(file: string, target: string): number | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Not there, empty or half written: DVC itself takes it for no lock.
    return undefined;
  }
  const { data = {} } = Locks.safeParse(value);
  for (const [name, { write }] of Object.entries(data)) {
    const overlaps = isWithin(name, target) || isWithin(target, name);
    if (write && overlaps && isAlive(write.pid)) return write.pid;
  }
  return undefined;
}

function isWithin(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
