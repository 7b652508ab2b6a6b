import { rm, writeFile, mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { CairnError } from "../../shared/errors.js";

/** Where everything about one launched run lies. */
export interface LaunchFolder {
  folder: string;
  started: string;
  exit: string;
  /** Present once somebody asked for the run to be stopped. */
  stop: string;
  console: string;
  /** Present until the run's end is in the store: an engine that starts looks here for what it missed. */
  marker: string;
}

const ACTIVE = "active";

/** Run ids come over sockets: one that is no plain name must not become a path. */
function checkRunId(runId: string): void {
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(runId) || runId === ACTIVE) {
    throw new CairnError("invalid", `"${runId}" is not a run id.`);
  }
}

export function launchFolder(launches: string, runId: string): LaunchFolder {
  checkRunId(runId);
  const folder = path.join(launches, runId);
  return {
    folder,
    started: path.join(folder, "started.json"),
    exit: path.join(folder, "exit.json"),
    stop: path.join(folder, "stop.json"),
    console: path.join(folder, "console.log"),
    marker: path.join(launches, ACTIVE, runId),
  };
}

/** Makes the folder, an empty console and the marker. The marker is first: what it names can always be cleaned up. */
export async function createLaunchFolder(files: LaunchFolder): Promise<void> {
  await mkdir(path.dirname(files.marker), { recursive: true, mode: 0o700 });
  await writeFile(files.marker, "", { mode: 0o600 });
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  await writeFile(files.console, "", { mode: 0o600 });
}

export async function removeMarker(files: LaunchFolder): Promise<void> {
  await rm(files.marker, { force: true });
}

/** Ids of launches whose end is not yet in the store. */
export async function openLaunches(launches: string): Promise<string[]> {
  try {
    return (await readdir(path.join(launches, ACTIVE))).filter((name) => /^[a-zA-Z0-9][\w-]*$/.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Temp file and rename: a reader sees all of it or nothing. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
  await rename(temporary, file);
}
