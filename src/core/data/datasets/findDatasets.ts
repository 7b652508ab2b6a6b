import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { parseYaml } from "../../config/index.js";

/** Folders in which nobody keeps pointers, and which may be huge. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([
  ".git",
  ".cairn",
  ".dvc",
  "node_modules",
  "__pycache__",
  ".venv",
  "venv",
  ".tox",
  "mlruns",
]);

/** A dataset that a file of the project speaks of. */
export interface Tracked {
  /** Relative to the project, with `/`. */
  path: string;
  /** The pointer file or `dvc.lock`, relative to the project. */
  pointer: string;
  /** What `dvc.lock` says of it. */
  locked?: { md5: string; size: number; isLegacy: boolean; stage: string };
}

const out = z.looseObject({
  path: z.string(),
  md5: z.string().optional(),
  hash: z.string().optional(),
  size: z.number().optional(),
});
const LockFile = z.looseObject({
  stages: z.record(z.string(), z.looseObject({ outs: z.array(out).optional() })).optional(),
});
const PipelineFile = z.looseObject({
  stages: z.record(z.string(), z.looseObject({ wdir: z.string().optional() })).optional(),
});

/** All pointers and outputs of stages below a project, sorted by path; what lies inside a dataset is not looked at. */
export function findTracked(root: string): Tracked[] {
  const found = new Map<string, Tracked>();
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = list(path.join(root, folder));
    const names = new Set(entries.map(({ name }) => name));
    const below = (name: string) => (folder === "" ? name : `${folder}/${name}`);
    for (const entry of entries) {
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name) && !names.has(`${entry.name}.dvc`))
          folders.push(below(entry.name));
      } else if (entry.name.endsWith(".dvc") && entry.name !== ".dvc") {
        const name = below(entry.name.slice(0, -4));
        found.set(name, { path: name, pointer: below(entry.name) });
      } else if (entry.name === "dvc.lock" || entry.name === "cairn.lock") {
        for (const each of lockedIn(root, folder, entry.name))
          if (!found.has(each.path)) found.set(each.path, each);
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Outputs of stages that the lock file of a folder names; a file that cannot be read has none. */
function lockedIn(root: string, folder: string, lock: string): Tracked[] {
  const pointer = folder === "" ? lock : `${folder}/${lock}`;
  const { value } = parseYaml(pointer, readFileSync(path.join(root, pointer), "utf8"), LockFile);
  const pipeline = path.join(root, folder, "dvc.yaml");
  const definitions = existsSync(pipeline)
    ? parseYaml("dvc.yaml", readFileSync(pipeline, "utf8"), PipelineFile).value
    : undefined;
  return Object.entries(value?.stages ?? {}).flatMap(([name, { outs = [] }]) => {
    const wdir = definitions?.stages?.[name.split("@")[0] ?? name]?.wdir ?? ".";
    return outs.flatMap(({ path: own, md5, hash, size = 0 }): Tracked[] => {
      const place = path.posix.normalize(path.posix.join(folder, wdir, own)).replace(/\/$/, "");
      if (
        md5 === undefined ||
        !/^[0-9a-f]{32}(\.dir)?$/.test(md5) ||
        path.isAbsolute(own) ||
        place.startsWith("..")
      )
        return [];
      return [{ path: place, pointer, locked: { md5, size, isLegacy: hash !== "md5", stage: name } }];
    });
  });
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Nobody's business: gone, or not to be read.
    return [];
  }
}
