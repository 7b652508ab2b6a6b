import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CairnError, toErrorShape, wrapError } from "../../shared/errors.js";
import type { ConsoleChunk } from "../../shared/protocol.js";
import { TAG } from "../../shared/tracking.js";
import type { Logger } from "../logger.js";
import type { TrackingStore } from "../tracking/index.js";
import { endByRecord, type EndOfRun } from "./endOfRun.js";
import { removeMarker, type LaunchFolder } from "./launchFolder.js";
import { LaunchedRun } from "./launchedRun.js";
import { readExit } from "./records.js";
import type { TakenOver } from "./takeOver.js";

const POLL_MS = 100;
const RETRY_MS = 2000;
const MAX_RETRIES = 5;
/** Whoever still reads what the run left behind has so long before its end is recorded. */
const ENDING_WAIT_MS = 60_000;
/** How long a waiting caller is kept for the digests of large data. */
const DIGEST_WAIT_MS = 30_000;

export interface RunEnd {
  exitCode: number | null;
  endReason?: string;
}

interface Waiting {
  resolve: (end: RunEnd) => void;
  reject: (error: Error) => void;
}

type OutputListener = (runId: string, chunk: ConsoleChunk) => void;

/**
 * Looks after the runs that live: gives out their output, records their ends. One timer for all, none while there
 * is no run; a look costs two `stat` a run.
 */
export class Watcher {
  private readonly runs = new Map<string, LaunchedRun>();
  /** Runs that are being started: their failure is the starter's to record. */
  private readonly held = new Set<LaunchedRun>();
  private readonly looking = new Map<LaunchedRun, Promise<void>>();
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly listeners = new Set<OutputListener>();
  private readonly lingering = new Set<TakenOver>();
  private readonly ending = new Set<(runId: string) => Promise<void>>();
  private readonly leaving = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly store: TrackingStore,
    private readonly logger: Logger,
  ) {}

  ids(): string[] {
    return [...this.runs.keys()];
  }

  all(): LaunchedRun[] {
    return [...this.runs.values()];
  }

  get(runId: string): LaunchedRun | undefined {
    return this.runs.get(runId);
  }

  /** Takes a run in that is being started; `release` it when that has succeeded or failed. */
  hold(run: LaunchedRun): void {
    this.runs.set(run.runId, run);
    this.held.add(run);
    this.timer ??= setInterval(() => this.lookAtAll(), POLL_MS);
  }

  release(run: LaunchedRun): void {
    this.held.delete(run);
    if (this.runs.has(run.runId)) void this.look(run);
  }

  onOutput(listener: OutputListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onEnding(listener: (runId: string) => Promise<void>): () => void {
    this.ending.add(listener);
    return () => this.ending.delete(listener);
  }

  /** Resolves when the end is in the store; at once for a run that has ended. */
  async ended(runId: string): Promise<RunEnd> {
    if (!this.runs.has(runId)) return this.recordedEnd(runId);
    return new Promise<RunEnd>((resolve, reject) => {
      this.waiting.set(runId, [...(this.waiting.get(runId) ?? []), { resolve, reject }]);
    });
  }

  /** Also waits for the digests of the run's data. */
  async wait(runId: string): Promise<RunEnd> {
    const run = this.runs.get(runId);
    const end = await this.ended(runId);
    await Promise.race([run?.digesting, delay(DIGEST_WAIT_MS, undefined, { ref: false })]);
    return end;
  }

  private async recordedEnd(runId: string): Promise<RunEnd> {
    const { data } = await this.store.getRun(runId);
    const tag = (key: string): string | undefined => data.tags.find((each) => each.key === key)?.value;
    const exitCode = tag(TAG.exitCode);
    const endReason = tag(TAG.endReason);
    return {
      exitCode: exitCode === undefined ? null : Number(exitCode),
      ...(endReason === undefined ? {} : { endReason }),
    };
  }

  /** A launch left over from an earlier engine: its end is taken in, or it is watched on. */
  async recover(runId: string, files: LaunchFolder): Promise<void> {
    let startTime: number;
    try {
      startTime = (await this.store.getRun(runId)).info.startTime;
    } catch (error) {
      if (toErrorShape(error).code !== "notFound") throw error;
      // The engine ended between making the folder and making the run: nothing was started.
      await removeMarker(files);
      await rm(files.folder, { recursive: true, force: true });
      return;
    }
    const run = new LaunchedRun(runId, files, startTime);
    await run.skipOutput();
    this.hold(run);
    this.held.delete(run);
    await this.look(run);
  }

  /** A run that could not be started. */
  async fail(run: LaunchedRun, error: Error): Promise<void> {
    const exit = await readExit(run.files.exit);
    const end = endByRecord(
      exit ?? {
        exitCode: null,
        signal: null,
        endTime: Date.now(),
        durationMs: 0,
        error: { code: "", message: error.message },
      },
      undefined,
      false,
    );
    await this.finish(run, end);
  }

  private lookAtAll(): void {
    for (const run of this.runs.values()) void this.look(run);
  }

  /** Checks one run now; calls at the same time share one check. */
  look(run: LaunchedRun): Promise<void> {
    const before = this.looking.get(run);
    if (before !== undefined) return before;
    const check = this.check(run)
      .catch((error: unknown) => this.logger.error(wrapError("look after", `the run ${run.runId}`, error)))
      .finally(() => this.looking.delete(run));
    this.looking.set(run, check);
    return check;
  }

  private async check(run: LaunchedRun): Promise<void> {
    if (this.closed || this.held.has(run) || !this.runs.has(run.runId)) return;
    const end = await run.end();
    if (this.listeners.size > 0 && end === undefined)
      await run.tellOutput(false, (chunk) => this.tell(run, chunk));
    if (end === undefined) return;
    await this.beforeEnd(run.runId);
    // The next engine finds the run unended, and what it left behind with it.
    if (!this.leaving.signal.aborted) await this.finish(run, end);
  }

  /** Lets others take in what the run wrote last, so that who sees it ended sees all of it. */
  private async beforeEnd(runId: string): Promise<void> {
    if (this.ending.size === 0) return;
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, this.leaving.signal]);
    const limit = delay(ENDING_WAIT_MS, true, { signal, ref: false }).catch(() => false);
    const all = [...this.ending].map((listener) =>
      listener(runId).catch((error: unknown) =>
        this.logger.error(wrapError("take in", `the rest of run ${runId}`, error)),
      ),
    );
    const late = await Promise.race([Promise.all(all).then(() => false), limit]);
    done.abort();
    if (late)
      this.logger.warn(`The end of run ${runId} is recorded while what it left behind is still being read.`);
  }

  private tell(run: LaunchedRun, chunk: ConsoleChunk): void {
    for (const listener of this.listeners) listener(run.runId, chunk);
  }

  /** The end goes into the store first, then out of the list: whoever sees it gone finds its end recorded. */
  private async finish(run: LaunchedRun, end: EndOfRun): Promise<void> {
    const recorded = await this.record(run, end);
    if (this.closed) return;
    this.runs.delete(run.runId);
    this.letLinger(run);
    if (this.runs.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    if (recorded) await removeMarker(run.files);
    if (this.listeners.size > 0) await run.tellOutput(true, (chunk) => this.tell(run, chunk));
    const result = {
      exitCode: end.exitCode,
      ...(end.endReason === undefined ? {} : { endReason: end.endReason }),
    };
    for (const { resolve } of this.waiting.get(run.runId) ?? []) resolve(result);
    this.waiting.delete(run.runId);
  }

  /** What the command left behind may still write. */
  private letLinger({ takenOver }: LaunchedRun): void {
    if (takenOver === undefined) return;
    this.lingering.add(takenOver);
    takenOver.linger(() => this.lingering.delete(takenOver));
  }

  /** Returns whether the marker has done its work; if not, the next engine tries again. */
  private async record(run: LaunchedRun, end: EndOfRun): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (end.tags.length > 0) await this.store.logBatch(run.runId, { tags: end.tags });
        await this.store.updateRun(run.runId, { status: end.status, endTime: end.endTime });
        return true;
      } catch (error) {
        this.logger.error(wrapError("record", `the end of run ${run.runId}`, error));
        const { code } = toErrorShape(error);
        // Deleted meanwhile: what is deleted takes no changes.
        if (error instanceof CairnError && (code === "invalid" || code === "notFound")) return true;
        if (attempt === MAX_RETRIES || this.closed) return false;
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    this.leaving.abort();
    for (const run of this.runs.values()) run.background.abort();
    await Promise.all(this.looking.values());
    this.closed = true;
    // The next engine goes on with runs that live; what ended runs left behind is read for the last time.
    for (const run of this.runs.values()) run.takenOver?.leave();
    for (const each of this.lingering) each.end();
    this.runs.clear();
    const error = new CairnError("unavailable", "The engine ends; the run goes on.");
    for (const { reject } of [...this.waiting.values()].flat()) reject(error);
    this.waiting.clear();
  }
}
