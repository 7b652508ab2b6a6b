import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { projectPaths, type ProjectPaths } from "../../../src/core/project/index.js";
import { createLauncher, type Launcher } from "../../../src/core/runs/index.js";
import { openTrackingStore, type TrackingStore } from "../../../src/core/tracking/index.js";
import type { Logger } from "../../../src/core/logger.js";
import { waitUntil } from "./waitUntil.ts";

/** A project in which commands are launched; an engine's launcher and store can come and go. */
export interface LaunchProject {
  root: string;
  paths: ProjectPaths;
  store: TrackingStore;
  launcher: Launcher;
  /** What was logged as a warning or an error. */
  complaints: string[];
  /** Ends launcher and store, as an engine's death does; runs go on. */
  leave(): Promise<void>;
  /** A new launcher and store, having recovered. */
  comeBack(): Promise<void>;
  write(file: string, text: string): string;
}

export interface Started {
  command: { pid: number };
  runner: { pid: number };
  keeper?: { pid: number };
}

export async function launchProject(name = "cairn-runs-"): Promise<LaunchProject> {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), name)));
  const paths = projectPaths(root);
  mkdirSync(paths.data, { recursive: true });
  const complaints: string[] = [];
  const complain = (message: string | Error) => void complaints.push(String(message));
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
  const open = async () => {
    const store = await openTrackingStore({ paths, logger });
    const environment = () => ({ MLFLOW_TRACKING_URI: "http://127.0.0.1:9", MLFLOW_TRACKING_TOKEN: "t" });
    return { store, launcher: createLauncher({ paths, store, logger, environment }) };
  };
  const project: LaunchProject = {
    root,
    paths,
    complaints,
    ...(await open()),
    async leave() {
      await project.launcher.close();
      await project.store.close();
    },
    async comeBack() {
      Object.assign(project, await open());
      await project.launcher.recover();
    },
    write(file, text) {
      const full = path.join(root, file);
      mkdirSync(path.dirname(full), { recursive: true });
      writeFileSync(full, text);
      return full;
    },
  };
  onTestFinished(async () => {
    for (const runId of project.launcher.active())
      await project.launcher.stop(runId, 100).catch(() => undefined);
    await project.leave().catch(() => undefined);
    rmSync(root, { recursive: true, force: true });
  });
  return project;
}

export function startedRecord({ paths }: LaunchProject, runId: string): Started {
  return JSON.parse(readFileSync(path.join(paths.launches, runId, "started.json"), "utf8")) as Started;
}

/** Tags, parameters and the rest of a run, by name. */
export async function recorded({ store }: LaunchProject, runId: string) {
  const { info, data, inputs } = await store.getRun(runId);
  const byKey = (items: { key: string; value: string }[]) =>
    Object.fromEntries(items.map(({ key, value }) => [key, value]));
  return { info, tags: byKey(data.tags), params: byKey(data.params), inputs: inputs.datasetInputs };
}

/** Whether a process runs; a zombie does not. */
export function lives(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/^\S+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

export async function untilGone(...pids: number[]): Promise<void> {
  await waitUntil(() => pids.every((pid) => !lives(pid)), `processes ${pids.join(", ")} to end`);
}

export async function consoleText({ launcher }: LaunchProject, runId: string): Promise<string> {
  return (await launcher.readConsole(runId, 0, 1 << 20)).text;
}
