import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Logger } from "../../../src/core/logger.ts";
import { projectPaths, type ProjectPaths } from "../../../src/core/project/index.ts";
import type { EngineClient } from "../../../src/engine/client/index.ts";
import { type Engine, startEngine } from "../../../src/engine/engine.ts";
import { unpackPoints } from "../../../src/shared/points.ts";
import { pythonOf } from "../../peers/env.ts";
import { until } from "../projects.ts";

/** A project with an engine in this process, in which scripts are launched that log by other tools. */
export interface FollowProject {
  root: string;
  paths: ProjectPaths;
  /** What was logged as a warning or an error. */
  complaints: string[];
  client: () => EngineClient;
  /** The engine ends; runs go on. */
  leave: () => Promise<void>;
  comeBack: () => Promise<void>;
  /** Lets a waiting script go on. */
  go: (folder?: string) => void;
}

export async function followProject(): Promise<FollowProject> {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "cairn-follow-")));
  const paths = projectPaths(root, "");
  const complaints: string[] = [];
  const complain = (message: string | Error): void => void complaints.push(String(message));
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
  let engine: Engine | undefined;
  let client: EngineClient | undefined;
  const project: FollowProject = {
    root,
    paths,
    complaints,
    client: () => {
      if (client === undefined) throw new Error("The engine has ended.");
      return client;
    },
    leave: async () => {
      client = undefined;
      await engine?.close("the test says so");
    },
    comeBack: async () => {
      engine = await startEngine({ paths, mode: "daemon", logger });
      client = engine.connect("test");
    },
    go: (folder = root) => {
      writeFileSync(path.join(folder, "go"), "");
    },
  };
  await project.comeBack();
  onTestFinished(async () => {
    project.go();
    for (const runId of readdirSync(path.join(paths.launches, "active"), { encoding: "utf8" }))
      await client?.request("runStop", { runId }).catch(() => undefined);
    await project.leave();
    rmSync(root, { recursive: true, force: true });
    rmSync(paths.socket, { force: true });
  });
  return project;
}

/** Launches one of `scripts`, unchanged; returns the run's id. */
export async function launchScript(
  project: FollowProject,
  script: string,
  cwd = ".",
  env: Record<string, string> = {},
): Promise<string> {
  const folder = path.join(project.root, cwd);
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(import.meta.dirname, "scripts", script), path.join(folder, script));
  const command = [await pythonOf("formats"), script];
  return (await project.client().request("runStart", { command, cwd: folder, env })).runId;
}

export async function launchShell(project: FollowProject, script: string): Promise<string> {
  return (await project.client().request("runStart", { command: ["sh", "-c", script] })).runId;
}

export async function printed(project: FollowProject, runId: string, text: string): Promise<void> {
  await until(
    async () => {
      const console = await project.client().request("console", { runId, start: 0, maxBytes: 1 << 16 });
      if (console.complete && !console.text.includes(text))
        throw new Error(`The script failed: ${console.text}`);
      return console.text.includes(text);
    },
    `the script has printed ${text}`,
    60_000,
  );
}

/** Resolves with the status once the run has ended. */
export async function ended(project: FollowProject, runId: string): Promise<string> {
  return until(
    async () => {
      const { status } = (await project.client().request("run", { runId })).run.info;
      return status === "RUNNING" ? undefined : status;
    },
    "the run has ended",
    60_000,
  );
}

/** [step, value] of each point of each metric. */
export async function curves(
  project: Pick<FollowProject, "client">,
  runId: string,
): Promise<Record<string, [number, number][]>> {
  const { series } = await project.client().request("series", { runIds: [runId], maxPoints: 10_000 });
  return Object.fromEntries(
    series.map(({ key, data }) => {
      const numbers = [...unpackPoints(data)];
      const points: [number, number][] = [];
      for (let i = 0; i < numbers.length; i += 3) points.push([numbers[i] ?? 0, numbers[i + 2] ?? 0]);
      return [key, points];
    }),
  );
}

export async function paramsOf(project: FollowProject, runId: string): Promise<Record<string, string>> {
  const { run } = await project.client().request("run", { runId });
  return Object.fromEntries(run.data.params.map(({ key, value }) => [key, value]));
}

/** Paths below a folder of the run's artifacts. */
export async function artifactsOf(project: FollowProject, runId: string, folder: string): Promise<string[]> {
  const root = path.join(await artifactRoot(project, runId), folder);
  if (!existsSync(root)) return [];
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => path.relative(root, path.join(file.parentPath, file.name)))
    .sort();
}

/** Bytes of one of the run's artifacts. */
export async function artifactOf(project: FollowProject, runId: string, artifact: string): Promise<Buffer> {
  return readFileSync(path.join(await artifactRoot(project, runId), artifact));
}

async function artifactRoot(project: FollowProject, runId: string): Promise<string> {
  const { run } = await project.client().request("run", { runId });
  return path.join(project.paths.artifacts, run.info.artifactUri.replace(/^mlflow-artifacts:\/*/, ""));
}

/** Milliseconds until `condition` holds. */
export async function timeUntil(condition: () => Promise<boolean>, what: string): Promise<number> {
  const begin = performance.now();
  await until(condition, what, 10_000);
  return performance.now() - begin;
}
