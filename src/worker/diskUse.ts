import { existsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { artifactPathOf } from "../core/artifacts/index.js";
import type { ProjectPaths } from "../core/project/index.js";
import { openDatabase } from "../core/store/index.js";
import type { DiskUse, RunUse } from "../shared/jobs.js";
import type { Job, JobContext } from "./types.js";

const LARGEST = 50;
/** Where uploads under way lie in the artifact folder. */
const UPLOADS = ".uploads";

interface Size {
  bytes: number;
  files: number;
}

/** Sums the sizes of all files by what they are and by the run that they belong to. Links are not followed. */
export const diskUse: Job<"diskUse"> = async (_params, context) => {
  const { paths, progress, signal } = context;
  const areas = new Map<string, Size>();
  const count = (name: string, size: Size) => {
    const area = areas.get(name) ?? { bytes: 0, files: 0 };
    areas.set(name, { bytes: area.bytes + size.bytes, files: area.files + size.files });
  };
  const entries = await readdir(paths.data);
  const byFolder = await measureEach(paths.artifacts, context, 0.8);
  for (const [folder, size] of byFolder)
    count(/^[^/]+\/models\//.test(folder) ? "models" : "artifacts", size);
  const byLaunch = await measureChildren(paths.launches, signal);
  for (const size of byLaunch.values()) count("console logs", size);
  for (const [index, name] of entries.entries()) {
    progress({ progress: 0.8 + (0.2 * index) / entries.length, message: name });
    const file = path.join(paths.data, name);
    if (file === paths.artifacts || file === paths.launches) continue;
    count(file.startsWith(paths.database) ? "database" : name, await measure(file, signal));
  }
  const list = [...areas].map(([name, size]) => ({ name, ...size })).sort((a, b) => b.bytes - a.bytes);
  const total = list.reduce((sum, area) => sum + area.bytes, 0);
  return { total, areas: list, ...attribute(paths, byFolder, byLaunch) };
};

type RunRow = [
  runId: string,
  name: string,
  experiment: number,
  uri: string,
  deletedTime: number | null,
  points: number,
];

/** Whose the measured folders are, by the database. */
function attribute(
  paths: ProjectPaths,
  byFolder: ReadonlyMap<string, Size>,
  byLaunch: ReadonlyMap<string, Size>,
): Omit<DiskUse, "total" | "areas"> {
  const none = { experiments: [], runs: [], deleted: [], unknown: { bytes: 0, folders: 0 }, databaseFree: 0 };
  if (!existsSync(paths.database)) return none;
  const database = openDatabase(paths.database, { readonly: true });
  try {
    const known = new Set<string>();
    const own = (uri: string): number => {
      const folder = artifactPathOf(uri)?.replace(/\/artifacts$/, "");
      if (folder !== undefined) known.add(folder);
      return byFolder.get(folder ?? "")?.bytes ?? 0;
    };
    const models = new Map<number, number>();
    for (const [experiment, uri] of database
      .prepare<[], [number, string]>("SELECT experiment, artifact_uri FROM model")
      .raw()
      .all())
      models.set(experiment, (models.get(experiment) ?? 0) + own(uri));
    const runs = database
      .prepare<[], RunRow>(
        `SELECT r.run_id, r.name, r.experiment, r.artifact_uri, r.deleted_time,
        (SELECT coalesce(sum(s.count), 0) FROM series s WHERE s.run = r.id) FROM run r`,
      )
      .raw()
      .all()
      .map(([runId, name, experiment, uri, deletedTime, points]) => {
        const [artifacts, log] = [own(uri), byLaunch.get(runId)?.bytes ?? 0];
        const use: RunUse = {
          ...{ runId, name, experimentId: String(experiment), artifacts, console: log },
          ...{ bytes: artifacts + log, points },
        };
        return { use, experiment, deletedTime };
      });
    const experiments = database
      .prepare<[], [number, string, number]>("SELECT id, name, deleted FROM experiment")
      .raw()
      .all()
      .map(([id, name, deleted]) => {
        const inside = runs.filter(({ experiment }) => experiment === id);
        const bytes = inside.reduce((sum, { use }) => sum + use.bytes, models.get(id) ?? 0);
        return { experimentId: String(id), name, deleted: deleted === 1, runs: inside.length, bytes };
      });
    const unknown = [...byFolder].filter(([folder]) => !known.has(folder) && !folder.startsWith(UPLOADS));
    const page = Number(database.pragma("page_size", { simple: true }));
    const larger = (a: { bytes: number }, b: { bytes: number }) => b.bytes - a.bytes;
    return {
      experiments: experiments.sort(larger),
      runs: runs
        .flatMap(({ use, deletedTime }) => (deletedTime === null ? [use] : []))
        .sort(larger)
        .slice(0, LARGEST),
      deleted: runs
        .flatMap(({ use, deletedTime }) => (deletedTime === null ? [] : [{ ...use, deletedTime }]))
        .sort(larger),
      unknown: { bytes: unknown.reduce((sum, [, { bytes }]) => sum + bytes, 0), folders: unknown.length },
      databaseFree: page * Number(database.pragma("freelist_count", { simple: true })),
    };
  } finally {
    database.close();
  }
}

/** Sizes of the folders of runs and models below the artifact folder, by their path in it. */
async function measureEach(
  root: string,
  { progress, signal }: Pick<JobContext, "progress" | "signal">,
  share: number,
): Promise<Map<string, Size>> {
  const sizes = new Map<string, Size>();
  const experiments = await namesIn(root);
  for (const [index, experiment] of experiments.entries()) {
    progress({ progress: (share * index) / experiments.length, message: `artifacts/${experiment}` });
    for (const [name, size] of await measureChildren(path.join(root, experiment), signal, experiment)) {
      if (name !== `${experiment}/models`) sizes.set(name, size);
      else
        for (const [model, own] of await measureChildren(path.join(root, name), signal, name))
          sizes.set(model, own);
    }
  }
  return sizes;
}

async function measureChildren(
  folder: string,
  signal: AbortSignal,
  prefix?: string,
): Promise<Map<string, Size>> {
  const sizes = new Map<string, Size>();
  for (const name of await namesIn(folder)) {
    const key = prefix === undefined ? name : `${prefix}/${name}`;
    sizes.set(key, await measure(path.join(folder, name), signal));
  }
  return sizes;
}

async function measure(start: string, signal: AbortSignal): Promise<Size> {
  const waiting = [start];
  let [bytes, files] = [0, 0];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    signal.throwIfAborted();
    const stat = await lstat(file).catch(ignoreMissing);
    if (!stat) continue;
    if (!stat.isDirectory()) {
      bytes += stat.size;
      files++;
      continue;
    }
    for (const name of await namesIn(file)) waiting.push(path.join(file, name));
  }
  return { bytes, files };
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(ignoreMissing)) ?? [];
}

/** Files come and go while one counts. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
