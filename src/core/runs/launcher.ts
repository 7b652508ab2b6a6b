import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CairnError, toError, wrapError } from "../../shared/errors.js";
import type {
  ConsoleChunk,
  ConsoleMatches,
  ConsoleQuery,
  EntryInfo,
  LaunchSpec,
} from "../../shared/protocol.js";
import type { DatasetInput } from "../../shared/tracking.js";
import { loadConfig } from "../config/index.js";
import type { Logger } from "../logger.js";
import { distFile, type ProjectPaths } from "../project/index.js";
import { gitTags } from "./gitState.js";
import { createRedactor, findSecrets } from "../redact/index.js";
import type { TrackingStore } from "../tracking/index.js";
import { readConsoleLog } from "./consoleLog.js";
import { datasetInput, findData, type DataFile, type VersionOf } from "./dataDigest.js";
import {
  createLaunchFolder,
  launchFolder,
  openLaunches,
  writeJson,
  type LaunchFolder,
} from "./launchFolder.js";
import { LaunchedRun } from "./launchedRun.js";
import { searchConsole } from "./searchConsole.js";
import { Watcher } from "./watcher.js";
import { namedData } from "./namedData.js";
import { experimentFor, recordStart } from "./recordStart.js";
import { readExit, readStarted, type RunnerSpec } from "./records.js";
import { type ResolvedCommand, resolveCommand } from "./resolveCommand.js";
import { baseEnvironment, runEnvironment } from "./runEnvironment.js";
import { stopProcesses } from "./stopRun.js";
import { processesOf } from "./processTree.js";
import type { Launcher, RunningCommand, StartedRun } from "./types.js";

const GRACE_MS = 10_000;
const START_LIMIT_MS = 15_000;
const START_POLL_MS = 8;
/**
 * Data up to this size in all is digested before the command starts, so that what is recorded is what it read: a few
 * hundredths of a second. The rest is digested beside the run, which may change it.
 */
const DIGEST_FIRST_BYTES = 16 << 20;

export interface LauncherOptions {
  paths: ProjectPaths;
  store: TrackingStore;
  /** MLFLOW_TRACKING_URI and the like, for every run. */
  environment: () => Record<string, string>;
  logger: Logger;
  /** Which version of a dataset the data of a run is; without it nobody knows of any. */
  versionOf?: VersionOf;
  /** Whether versions of what lies at an absolute path are recorded. */
  isDataset?: (absolute: string) => boolean;
  /** The built runner; `dist/runner.js`. */
  runnerFile?: string;
  /** The Node that runs it; this process's own. */
  node?: string;
}

/** The launcher of one project. `recover` it once before its first use; `close` it at the end. */
export function createLauncher(options: LauncherOptions): Launcher {
  return new ProcessLauncher(options);
}

class ProcessLauncher implements Launcher {
  private readonly watcher: Watcher;
  private readonly starting = new Set<(run: RunningCommand) => void>();
  private readonly startListeners = new Set<(run: StartedRun) => void>();

  constructor(private readonly options: LauncherOptions) {
    this.watcher = new Watcher(options.store, options.logger);
  }

  async start(spec: LaunchSpec): Promise<{ runId: string; experimentId: string; name: string }> {
    const { paths, store } = this.options;
    const config = await loadConfig(paths.root);
    if (spec.entry !== undefined) config.throwIfBroken();
    const base = baseEnvironment(paths.root, spec.env ?? {});
    const resolved = resolveCommand(paths.root, spec, config.entries, base);
    const cwd = existsSync(resolved.cwd) ? resolved.cwd : paths.root;
    const data = await findData(cwd, this.dataOf({ ...resolved, cwd }));
    const experimentId = await experimentFor(store, resolved.experiment);
    const runId = randomUUID().replaceAll("-", "");
    const files = launchFolder(paths.launches, runId);
    await createLaunchFolder(files);
    const run = new LaunchedRun(runId, files, Date.now());
    run.cwd = resolved.cwd;
    this.watcher.hold(run);
    for (const listener of this.starting) listener(this.describe(run));
    let isCreated = false;
    try {
      const tracking = this.options.environment();
      const own = { ...base, ...resolved.env };
      const secrets = secretsOf(own, [paths.root, resolved.cwd], config.redact, tracking);
      const details = { runId, experimentId, startTime: run.startTime, root: paths.root };
      const redactor = createRedactor(config.redact, secrets);
      const created = await recordStart(store, details, spec, resolved, redactor);
      isCreated = true;
      const large = await this.digestSmall(run, data);
      const environment = runEnvironment(own, { runId, experimentId, root: paths.root, tracking });
      await this.spawn(run, resolved, environment, secrets);
      this.digestLarge(run, large);
      // After the start, as everything that looks at the repository: in a large one it takes a while.
      await this.tagCommit(runId);
      const { argv, cwd, shell } = resolved;
      for (const tell of this.startListeners) {
        tell({ runId, argv, cwd, shell, environment, redact: config.redact, secrets, config: config.data });
      }
      return { runId, experimentId, name: created.info.runName };
    } catch (error) {
      await this.watcher.fail(run, toError(error));
      if (!isCreated) await rm(files.folder, { recursive: true, force: true });
      throw error;
    } finally {
      this.watcher.release(run);
    }
  }

  /** What it is said to read, and the datasets that the command names. */
  private dataOf({ data, ...command }: ResolvedCommand): string[] {
    const { paths, isDataset } = this.options;
    const given = new Set(data.map((name) => path.resolve(command.cwd, name)));
    const named = isDataset ? namedData(command, paths.root, isDataset) : [];
    return [...data, ...named.filter((name) => !given.has(path.resolve(command.cwd, name)))];
  }

  /** The command runs: whatever happens here does not fail it. */
  private async tagCommit(runId: string): Promise<void> {
    try {
      const tags = await gitTags(this.options.paths.root);
      if (tags.length > 0) await this.options.store.logBatch(runId, { tags });
    } catch (error) {
      this.options.logger.warn(wrapError("record", `the commit of run ${runId}`, error).message);
    }
  }

  /** Returns what is too large to wait for. */
  private async digestSmall(run: LaunchedRun, data: readonly DataFile[]): Promise<DataFile[]> {
    let left = DIGEST_FIRST_BYTES;
    const large: DataFile[] = [];
    for (const file of data) {
      if (file.isFolder || file.size > left) large.push(file);
      else {
        left -= file.size;
        const input = await this.inputOf(file, run);
        await this.options.store.logInputs(run.runId, [input]);
      }
    }
    return large;
  }

  private inputOf(file: DataFile, run: LaunchedRun): Promise<DatasetInput> {
    const { versionOf = () => undefined } = this.options;
    return datasetInput(file, versionOf, run.background.signal);
  }

  private digestLarge(run: LaunchedRun, files: readonly DataFile[]): void {
    const { store, logger } = this.options;
    const { signal } = run.background;
    const record = async (): Promise<void> => {
      for (const file of files) await store.logInputs(run.runId, [await this.inputOf(file, run)]);
    };
    if (files.length === 0) return;
    run.digesting = record().catch((error: unknown) => {
      if (!signal.aborted) logger.warn(wrapError("record", "the data of a run", error).message);
    });
  }

  private async spawn(
    run: LaunchedRun,
    resolved: ResolvedCommand,
    environment: Record<string, string>,
    secrets: string[],
  ): Promise<void> {
    const { files, runId } = run;
    const spec: RunnerSpec = {
      runId,
      argv: resolved.argv,
      cwd: resolved.cwd,
      verbatim: resolved.verbatim,
      shell: resolved.shell,
      started: files.started,
      exit: files.exit,
      console: files.console,
      marker: files.marker,
      secrets,
    };
    const runner = this.options.runnerFile ?? distFile("runner.js");
    const small = ["--max-semi-space-size=1", "--max-old-space-size=32", "--v8-pool-size=0"];
    const child = spawn(this.options.node ?? process.execPath, [...small, runner], {
      cwd: this.options.paths.root,
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      windowsHide: true,
      env: {
        ...environment,
        CAIRN_RUN_ROLE: "runner",
        ...(process.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" }),
      },
    });
    child.unref();
    child.once("exit", () => void this.watcher.look(run));
    // A runner that is gone is told of by its exit.
    child.stdin.on("error", () => undefined);
    child.stdin.end(JSON.stringify(spec));
    await untilStarted(child, files);
    run.started = await readStarted(files.started);
  }

  async stop(runId: string, graceMs = GRACE_MS): Promise<{ endReason: string }> {
    const run = this.watcher.get(runId);
    if (run === undefined) {
      throw new CairnError("invalid", `The run ${runId} is not running.`, {
        hint: this.launched(runId) ? "It has ended." : "Only runs that Cairn started can be stopped here.",
      });
    }
    run.stopping ??= this.stopRun(run, graceMs).finally(() => {
      run.stopping = undefined;
    });
    return run.stopping;
  }

  private async stopRun(run: LaunchedRun, graceMs: number): Promise<{ endReason: string }> {
    const { runId } = run;
    const { command, runner } = await this.startedRecord(run);
    await writeJson(run.files.stop, { time: Date.now() });
    await stopProcesses({ runId, command, runner }, graceMs);
    await this.watcher.look(run);
    return { endReason: (await this.watcher.ended(runId)).endReason ?? "ended by itself" };
  }

  private async startedRecord(run: LaunchedRun): ReturnType<typeof mustBeStarted> {
    for (const begin = Date.now(); Date.now() - begin < START_LIMIT_MS; await delay(START_POLL_MS)) {
      run.started ??= await readStarted(run.files.started);
      if (run.started !== undefined || this.watcher.get(run.runId) === undefined) break;
    }
    return mustBeStarted(run);
  }

  async recover(): Promise<void> {
    const { paths, logger } = this.options;
    for (const runId of await openLaunches(paths.launches)) {
      if (this.watcher.get(runId) !== undefined) continue;
      try {
        await this.watcher.recover(runId, launchFolder(paths.launches, runId));
      } catch (error) {
        logger.error(wrapError("look after", `the run ${runId}`, error));
      }
    }
  }

  active(): string[] {
    return this.watcher.ids();
  }

  processes(): RunningCommand[] {
    return this.watcher.all().map((run) => this.describe(run));
  }

  private describe({ runId, startTime, started, cwd = started?.cwd }: LaunchedRun): RunningCommand {
    const pid = started?.command.pid;
    const where = { runId, startTime, cwd: cwd ?? this.options.paths.root };
    return pid === undefined ? where : { ...where, pid };
  }

  async pids(runId: string): Promise<number[]> {
    const started = this.watcher.get(runId)?.started;
    if (started === undefined) return [];
    return (await processesOf({ runId, ...started })).map(({ pid }) => pid);
  }

  onStarting(listener: (run: RunningCommand) => void): () => void {
    this.starting.add(listener);
    return () => this.starting.delete(listener);
  }

  onEnding(listener: (runId: string) => Promise<void>): () => void {
    return this.watcher.onEnding(listener);
  }

  launched(runId: string): boolean {
    return existsSync(launchFolder(this.options.paths.launches, runId).console);
  }

  async readConsole(runId: string, start: number, maxBytes: number): Promise<ConsoleChunk> {
    const files = launchFolder(this.options.paths.launches, runId);
    return readConsoleLog(files.console, start, maxBytes, this.watcher.get(runId) === undefined);
  }

  searchConsole(runId: string, query: ConsoleQuery, signal?: AbortSignal): Promise<ConsoleMatches> {
    return searchConsole(launchFolder(this.options.paths.launches, runId).console, query, signal);
  }

  async entries(): Promise<{ entries: EntryInfo[]; problems: string[] }> {
    const config = await loadConfig(this.options.paths.root);
    const entries = config.entries.map(({ name, command, source, params }): EntryInfo => {
      const values = Object.entries(params).map(([key, value]) => [key, value ?? ""] as const);
      return { name, command, source, params: Object.fromEntries(values) };
    });
    return { entries, problems: config.problems };
  }

  onOutput(listener: (runId: string, chunk: ConsoleChunk) => void): () => void {
    return this.watcher.onOutput(listener);
  }

  onStarted(listener: (run: StartedRun) => void): () => void {
    this.startListeners.add(listener);
    return () => this.startListeners.delete(listener);
  }

  wait(runId: string): Promise<{ exitCode: number | null; endReason?: string }> {
    return this.watcher.wait(runId);
  }

  async close(): Promise<void> {
    await this.watcher.close();
  }
}

/** Cairn's own token, which every run has, is no secret of the project's. */
function secretsOf(
  environment: Readonly<Record<string, string | undefined>>,
  folders: readonly string[],
  redact: readonly string[],
  tracking: Readonly<Record<string, string>>,
): string[] {
  const own = new Set(Object.values(tracking));
  return findSecrets(environment, folders, createRedactor(redact).name).filter((value) => !own.has(value));
}

function mustBeStarted(run: LaunchedRun): Promise<NonNullable<LaunchedRun["started"]>> {
  if (run.started !== undefined) return Promise.resolve(run.started);
  return Promise.reject(new CairnError("busy", `The run ${run.runId} has not started yet.`));
}

const hints: Record<string, string> = {
  ENOENT: "Check its spelling and the PATH.",
  EACCES: "Make it executable (chmod +x), or run it through its interpreter.",
  ENOTDIR: "Check the working folder.",
};

/** Resolves once the command runs, throws the reason when it does not. */
async function untilStarted(child: ChildProcess, files: LaunchFolder): Promise<void> {
  let failure: Error | undefined;
  let ended = false;
  child.once("error", (error) => (failure = error));
  child.once("exit", () => (ended = true));
  for (const begin = Date.now(); ; await delay(START_POLL_MS)) {
    const over = ended || Date.now() - begin > START_LIMIT_MS;
    if (failure !== undefined) throw wrapError("start", "the runner", failure);
    if (existsSync(files.exit)) {
      const exit = await readExit(files.exit);
      if (exit?.error === undefined) return;
      const hint = hints[exit.error.code];
      throw new CairnError("invalid", exit.error.message, hint === undefined ? {} : { hint });
    }
    if (existsSync(files.started)) return;
    if (!over) continue;
    // A runner that comes late must start nothing.
    await rm(files.marker, { force: true });
    if (existsSync(files.started)) return;
    throw new CairnError("internal", "The process that starts the command ended before it did so.");
  }
}
