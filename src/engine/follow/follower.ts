import { realpathSync } from "node:fs";
import path from "node:path";
import type { ArtifactStore } from "../../core/artifacts/index.js";
import type { Logger } from "../../core/logger.js";
import type { ProjectPaths } from "../../core/project/index.js";
import type { Redactor } from "../../core/redact/index.js";
import type { Launcher, RunningCommand } from "../../core/runs/index.js";
import type { StoreChange, TrackingStore } from "../../core/tracking/index.js";
import { wrapError } from "../../shared/errors.js";
import { attribute, type Claimant, pidInName } from "./attribute.js";
import { FolderWatch, type WatchedFile } from "./folderWatch.js";
import { emptyState, loadState } from "./followState.js";
import { writersOf } from "./openFiles.js";
import { RunFollower } from "./runFollower.js";

export interface FollowerOptions {
  paths: ProjectPaths;
  store: TrackingStore;
  artifacts: ArtifactStore;
  launcher: Launcher;
  logger: Logger;
  /** Takes secrets of a run out of what its files tell. */
  redactorOf: (runId: string) => Promise<Redactor>;
  /** Milliseconds between two looks. */
  intervalMs?: number;
}

const INTERVAL_MS = 1000;
/** Looking takes at most a tenth of the time, and never comes later than this. */
const SLOWEST_MS = 2000;

interface Followed {
  run: RunningCommand;
  /** The working folder's real path. */
  cwd: string;
  reader: RunFollower;
  pids: Set<number>;
}

/** A writer's files of which it is not yet known whose they are. */
interface Open {
  /** Runs that were active when it was seen, ended ones too. */
  claimants: Map<string, Claimant>;
  birthtimeMs: number;
  /** How often a process of no run had it open. Once may be a process that was just started. */
  foreign: number;
}

/** So often, and it stays somebody else's when it is closed. */
const FOREIGN = 2;

/**
 * Attaches to launched runs what they write below their working folders in formats of other tools. Looks once a second
 * while a run is active, and not at all otherwise; nothing is written there.
 */
export class Follower {
  private readonly runs = new Map<string, Followed>();
  private readonly watches = new Map<string, FolderWatch>();
  private readonly open = new Map<string, Open>();
  private readonly stopping = new AbortController();
  private readonly undo: (() => void)[];
  private work: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: FollowerOptions) {
    const { launcher, store } = options;
    this.undo = [
      launcher.onStarting((run) => {
        void this.enqueue(async () => {
          await this.begin(run, true);
        });
      }),
      launcher.onEnding((runId) => this.enqueue(() => this.end(runId))),
      store.onChange((change: StoreChange) => {
        if (change.kind === "metrics") this.runs.get(change.runId)?.reader.recorder.onStoreChange(change);
      }),
    ];
    this.schedule(options.intervalMs ?? INTERVAL_MS);
  }

  /** Stops looking; what was read is remembered. */
  async close(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    for (const undo of this.undo) undo();
    await this.work;
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      const begin = performance.now();
      void this.enqueue(() => this.look()).then(() => {
        const took = performance.now() - begin;
        const interval = this.options.intervalMs ?? INTERVAL_MS;
        if (!this.stopping.signal.aborted) this.schedule(Math.min(SLOWEST_MS, Math.max(interval, 10 * took)));
      });
    }, delayMs);
    this.timer.unref();
  }

  /** One thing at a time. Never rejects. */
  private enqueue(task: () => Promise<void>): Promise<void> {
    this.work = this.work.then(async () => {
      if (this.stopping.signal.aborted) return;
      await task().catch((error: unknown) => {
        this.options.logger.error(wrapError("follow", "the logs of runs", error));
      });
    });
    return this.work;
  }

  private async begin(run: RunningCommand, isNew: boolean): Promise<Followed> {
    const known = this.runs.get(run.runId);
    if (known !== undefined) return known;
    const { paths, store, artifacts, logger, redactorOf } = this.options;
    const cwd = real(run.cwd);
    const stateFile = path.join(paths.launches, run.runId, "follow.json");
    const kept = isNew ? undefined : await loadState(stateFile, logger);
    const state = kept ?? emptyState();
    if (kept === undefined) {
      for (const file of await this.watch(cwd).scan(true))
        if (isNew || file.mtimeMs < run.startTime) state.baseline[file.absolute] = file.size;
    }
    const { signal } = this.stopping;
    const reader = new RunFollower(
      { runId: run.runId, store, artifacts, logger, redactorOf, stateFile, signal },
      state,
    );
    const followed = { run, cwd, reader, pids: new Set<number>() };
    this.runs.set(run.runId, followed);
    return followed;
  }

  private async end(runId: string): Promise<void> {
    const run = this.options.launcher.processes().find((each) => each.runId === runId);
    const followed = this.runs.get(runId) ?? (run && (await this.begin(run, false)));
    if (followed === undefined) return;
    await this.lookAt(followed.cwd, followed);
    if (this.stopping.signal.aborted) return;
    this.runs.delete(runId);
    for (const [unit, { claimants }] of this.open) {
      if (claimants.has(runId) && [...claimants.keys()].every((id) => !this.runs.has(id))) {
        const who = [...claimants.keys()].join(", ");
        this.options.logger.warn(
          claimants.size === 1
            ? `${unit} was attached to no run: a process that is not of run ${who} writes it.`
            : `${unit} was attached to no run: it cannot be told which of the runs ${who} wrote it.`,
        );
        this.open.delete(unit);
      }
    }
    if (![...this.runs.values()].some(({ cwd }) => cwd === followed.cwd)) this.watches.delete(followed.cwd);
  }

  private async look(): Promise<void> {
    const { launcher } = this.options;
    const active = launcher.processes();
    for (const run of active) {
      const followed = await this.begin(run, false);
      followed.run = run;
    }
    // What could not be started has no end.
    for (const runId of this.runs.keys())
      if (!active.some((run) => run.runId === runId)) this.runs.delete(runId);
    for (const cwd of new Set([...this.runs.values()].map((each) => each.cwd))) await this.lookAt(cwd);
  }

  private watch(cwd: string): FolderWatch {
    const known = this.watches.get(cwd);
    if (known !== undefined) return known;
    const { data } = this.options.paths;
    const made = new FolderWatch(cwd, new Set([data, real(data)]));
    this.watches.set(cwd, made);
    return made;
  }

  /** Reads what came below `cwd`; for `ending` for the last time. */
  private async lookAt(cwd: string, ending?: Followed): Promise<void> {
    const watch = this.watch(cwd);
    const files = await watch.scan(ending !== undefined);
    const here = [...this.runs.values()].filter((each) => each.cwd === cwd);
    if (watch.problem !== undefined) ending?.reader.recorder.tell(watch.problem);
    await this.adoptAll(files);
    for (const followed of ending === undefined ? here : [ending]) {
      const { reader } = followed;
      await reader.read(
        files.filter((file) => reader.owns(file.unit) && isChanged(file, followed)),
        followed === ending,
      );
    }
  }

  /** Finds out whose the files are that belong to nobody yet. */
  private async adoptAll(files: readonly WatchedFile[]): Promise<void> {
    const all = [...this.runs.values()];
    const units = new Map<string, WatchedFile[]>();
    for (const file of files) {
      if (all.some(({ reader }) => reader.owns(file.unit))) continue;
      const claimants = all.filter((each) => isBelow(file.absolute, each.cwd) && isChanged(file, each));
      if (claimants.length === 0) continue;
      units.set(file.unit, [...(units.get(file.unit) ?? []), file]);
      const open = this.open.get(file.unit) ?? {
        claimants: new Map<string, Claimant>(),
        birthtimeMs: birthOf(file),
        foreign: 0,
      };
      open.birthtimeMs = Math.min(open.birthtimeMs, birthOf(file));
      for (const { run, pids } of claimants)
        open.claimants.set(run.runId, { runId: run.runId, startTime: run.startTime, pids });
      this.open.set(file.unit, open);
    }
    if (units.size === 0) return;
    for (const { run, pids } of all) {
      if (run.pid !== undefined) pids.add(run.pid);
      for (const pid of await this.options.launcher.pids(run.runId)) pids.add(pid);
    }
    const writers = writersOf(new Set([...units.values()].flat().map(({ absolute }) => absolute)));
    const adopted = new Map<RunFollower, string[]>();
    for (const [unit, list] of units) {
      const open = this.open.get(unit);
      if (open === undefined) continue;
      const runId = this.ownerOf(
        unit,
        open,
        list.flatMap(({ absolute }) => writers?.get(absolute) ?? []),
      );
      const owner = this.runs.get(runId ?? "")?.reader;
      if (owner === undefined) continue;
      adopted.set(owner, [...(adopted.get(owner) ?? []), unit]);
      this.open.delete(unit);
    }
    for (const [reader, list] of adopted) await reader.adopt(list);
  }

  private ownerOf(unit: string, open: Open, writers: readonly number[]): string | undefined {
    if (open.foreign >= FOREIGN) return undefined;
    const namedPid = pidInName(unit);
    const named = namedPid === undefined ? {} : { namedPid };
    const claim = { birthtimeMs: open.birthtimeMs, writers, ...named };
    const verdict = attribute(claim, [...open.claimants.values()], isAlive);
    if (verdict === "foreign") open.foreign += 1;
    return typeof verdict === "string" ? undefined : verdict.runId;
  }
}

const isBelow = (file: string, folder: string): boolean => file.startsWith(folder + path.sep);

/** Whether a file appeared or grew since the run began. */
function isChanged(file: WatchedFile, { run, reader }: Followed): boolean {
  const before = reader.state.baseline[file.absolute];
  if (before !== undefined) return file.size !== before || file.mtimeMs >= run.startTime;
  // What was only moved there is older.
  return file.mtimeMs >= run.startTime - 2000;
}

const birthOf = ({ birthtimeMs, mtimeMs }: WatchedFile): number => (birthtimeMs > 0 ? birthtimeMs : mtimeMs);

function real(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
