import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type { JobOutput } from "../shared/jobs.js";
import type { Job } from "./types.js";

/** Sums the sizes of all files by the entry of the data folder in which they lie. Links are not followed. */
export const diskUse: Job<"diskUse"> = async (_params, { paths, progress, signal }) => {
  const areas: JobOutput<"diskUse">["areas"] = [];
  const entries = await readdir(paths.data);
  for (const [index, name] of entries.entries()) {
    progress({ progress: index / entries.length, message: name });
    areas.push({ name, ...(await measure(path.join(paths.data, name), signal)) });
  }
  areas.sort((a, b) => b.bytes - a.bytes);
  return { total: areas.reduce((sum, area) => sum + area.bytes, 0), areas };
};

async function measure(start: string, signal: AbortSignal): Promise<{ bytes: number; files: number }> {
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
    for (const name of (await readdir(file).catch(ignoreMissing)) ?? []) waiting.push(path.join(file, name));
  }
  return { bytes, files };
}

/** Files come and go while one counts. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
