import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readdirSync, type Stats } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Attributes } from "./attributes.js";
import type { Ignores } from "./ignores.js";
import type { IndexEntry } from "./indexFile.js";
import { toGit } from "./lineEnds.js";

/** A larger one is hashed as it is: line ends matter to what people edit. */
const MAX_CONVERTED = 64 << 20;
const LINK = "120000";

/** What lies in the work tree at a path. */
export interface Found {
  stats: Stats;
  /** Octal, six digits. */
  mode: string;
}

export interface WorkTreeOptions {
  root: string;
  attributes: Attributes;
  autocrlf: boolean;
  /** False where the file system has no executable bit: the index is right then. */
  fileMode: boolean;
  /** What the index has of a blob; undefined where it cannot be read. */
  blob: (oid: string) => Promise<Buffer | undefined>;
}

/** Files as Git would see them if they were added. */
export class WorkTree {
  constructor(private readonly options: WorkTreeOptions) {}

  /** Undefined where there is neither a file nor a link. */
  find(name: string, known: string | undefined): Found | undefined {
    let stats: Stats;
    try {
      stats = lstatSync(path.join(this.options.root, name));
    } catch {
      return undefined; // gone, or below what became a file
    }
    if (stats.isSymbolicLink()) return { stats, mode: LINK };
    if (!stats.isFile()) return undefined;
    const executable = this.options.fileMode ? (stats.mode & 0o100) !== 0 : known === "100755";
    return { stats, mode: executable ? "100755" : "100644" };
  }

  async content(name: string, { mode }: Found, indexed: string | null): Promise<Buffer> {
    const file = path.join(this.options.root, name);
    if (mode === LINK) return Buffer.from(await readlink(file, { encoding: "buffer" }));
    const { attributes, autocrlf, blob } = this.options;
    const before = () => (indexed === null ? Promise.resolve(undefined) : blob(indexed));
    return toGit(await readFile(file), attributes.of(name), autocrlf, before);
  }

  async oid(name: string, found: Found, indexed: string | null, signal: AbortSignal): Promise<string> {
    const { size } = found.stats;
    if (found.mode === LINK || size <= MAX_CONVERTED) return oidOf(await this.content(name, found, indexed));
    const hash = createHash("sha1").update(`blob ${size}\0`);
    await pipeline(createReadStream(path.join(this.options.root, name)), hash, { signal });
    return hash.digest("hex");
  }

  /** Files that Git does not know and does not ignore; a repository of its own as its folder with `/` behind. */
  untracked(
    known: ReadonlySet<string>,
    submodules: ReadonlySet<string>,
    ignores: Ignores,
    signal: AbortSignal,
  ): string[] {
    const found: string[] = [];
    const walk = (folder: string): void => {
      signal.throwIfAborted();
      for (const entry of readdirSync(path.join(this.options.root, folder), { withFileTypes: true })) {
        const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
        // A folder may lie where a file was known.
        const isKnown = entry.isDirectory() ? submodules.has(name) : known.has(name);
        if (entry.name === ".git" || isKnown) continue;
        if (ignores.ignores(name, entry.isDirectory())) continue;
        if (!entry.isDirectory()) found.push(name);
        else if (isRepository(path.join(this.options.root, name))) found.push(`${name}/`);
        else walk(name);
      }
    };
    walk("");
    return found;
  }
}

/** Whether the index has seen the file as it is: then it needs not be read. */
export function isUnchanged({ stats }: Found, entry: IndexEntry, written: number): boolean {
  const seconds = Math.floor(stats.mtimeMs / 1000);
  // Written in the same moment as the index, it may have changed after that.
  return stats.size === entry.size && seconds === entry.mtime[0] && stats.mtimeMs < written - 1000;
}

export function oidOf(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function isRepository(folder: string): boolean {
  try {
    return lstatSync(path.join(folder, ".git")) !== undefined;
  } catch {
    return false;
  }
}
