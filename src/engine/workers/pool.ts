import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../core/logger.js";
import type { ProjectPaths } from "../../core/project/index.js";
import { CairnError, type ErrorShape, toErrorShape } from "../../shared/errors.js";
import type { FromWorker } from "../../shared/jobs.js";
import type { JobInfo, JobKind } from "../../shared/protocol.js";
import { WorkerProcess } from "./workerProcess.js";

/** Jobs that every engine goes on with where the last one has stopped. */
const GOES_ON: ReadonlySet<JobKind> = new Set<JobKind>(["dataPack"]);

/** Ended jobs that are remembered, for those who ask late. */
const REMEMBERED = 100;

export interface PoolOptions {
  /** Workers at once; further jobs wait. */
  size: number;
  /** Bundle of the worker. */
  file: string;
  paths: ProjectPaths;
  /** Jobs may only read. */
  readOnly?: boolean;
  logger: Logger;
  onUpdate: (job: JobInfo) => void;
  /** After a cancel, how long a job may take to end by itself. */
  graceMs?: number;
  /** How long a worker without a job is kept. */
  idleMs?: number;
}

interface Job {
  info: JobInfo;
  kind: JobKind;
  params: Record<string, unknown>;
  worker?: WorkerProcess;
  /** Of work in this process. */
  abort?: AbortController;
  cancelled: boolean;
  /** Why it is ended though nobody has asked for that. */
  interrupted?: string;
  killTimer?: NodeJS.Timeout;
  output: unknown;
  done: Promise<void>;
  resolve: () => void;
}

/** What work in this process is given. */
export interface OwnJob {
  jobId: string;
  signal: AbortSignal;
  progress: (state: { progress?: number; message?: string }) => void;
}

/** Heavy jobs, each alone in a worker process. */
export class JobPool {
  private readonly jobs = new Map<string, Job>();
  private readonly queue: Job[] = [];
  private readonly idle = new Map<WorkerProcess, NodeJS.Timeout>();
  private readonly busy = new Map<WorkerProcess, Job>();
  private readonly own = new Set<Job>();
  private closed = false;

  constructor(private readonly options: PoolOptions) {}

  list(): JobInfo[] {
    return [...this.jobs.values()].map((job) => ({ ...job.info }));
  }

  /** Jobs queued or running. */
  get active(): number {
    return this.queue.length + this.busy.size + this.own.size;
  }

  start(kind: JobKind, title: string, params: Record<string, unknown>): string {
    const job = this.create(kind, title, params);
    this.queue.push(job);
    this.update(job);
    this.next();
    return job.info.jobId;
  }

  /** Work that this process does itself, told of and cancelled as the others; it begins at once. */
  startOwn(kind: JobKind, title: string, work: (context: OwnJob) => Promise<unknown>): string {
    const job = this.create(kind, title, {});
    const { jobId } = job.info;
    const abort = new AbortController();
    Object.assign(job, { abort });
    job.info.state = "running";
    this.own.add(job);
    this.update(job);
    const progress: OwnJob["progress"] = (state) => {
      Object.assign(job.info, state);
      this.update(job);
    };
    const ended = (end: Parameters<JobPool["finish"]>[1]) => {
      this.own.delete(job);
      this.finish(job, job.cancelled ? { state: "cancelled" } : end);
    };
    work({ jobId, signal: abort.signal, progress }).then(
      (output) => {
        job.output = output;
        ended({ state: "done" });
      },
      (error: unknown) => {
        ended({ state: "failed", error: toErrorShape(error) });
      },
    );
    return jobId;
  }

  private create(kind: JobKind, title: string, params: Record<string, unknown>): Job {
    if (this.closed) throw new CairnError("unavailable", "The engine ends.");
    const info: JobInfo = { jobId: randomUUID(), kind, title, state: "queued", startTime: Date.now() };
    let resolve: () => void = () => undefined;
    const done = new Promise<void>((settle) => {
      resolve = settle;
    });
    const job: Job = { info, kind, params, cancelled: false, output: null, done, resolve };
    this.jobs.set(info.jobId, job);
    return job;
  }

  /** Asks the job to end, kills its worker when it does not in time. An ended job stays as it is. */
  cancel(jobId: string): void {
    const job = this.find(jobId);
    const at = this.queue.indexOf(job);
    if (at >= 0) {
      this.queue.splice(at, 1);
      this.finish(job, { state: "cancelled" });
      return;
    }
    if (job.info.state !== "running" || job.cancelled) return;
    job.cancelled = true;
    if (job.abort) {
      job.abort.abort();
      return;
    }
    job.worker?.send({ type: "abort" });
    job.killTimer = setTimeout(() => job.worker?.kill(), this.options.graceMs ?? 3000);
  }

  /** Resolves when the job has ended; gives up waiting, not the job, when `signal` aborts. */
  async wait(jobId: string, signal?: AbortSignal): Promise<{ job: JobInfo; output: unknown }> {
    const job = this.find(jobId);
    await new Promise<void>((resolve, reject) => {
      void job.done.then(resolve);
      signal?.addEventListener("abort", () => {
        reject(new CairnError("cancelled", "Cancelled."));
      });
    });
    return { job: { ...job.info }, output: job.output };
  }

  /**
   * Takes no more jobs, and cancels those that there are; resolves when all workers are gone. With `waitMs` they may
   * finish within that time; those that do not fail, and say why, for nobody has cancelled them.
   */
  async close({ waitMs = 0, reason = "" }: { waitMs?: number; reason?: string } = {}): Promise<void> {
    this.closed = true;
    for (const job of this.unended()) if (GOES_ON.has(job.kind)) this.cancel(job.info.jobId);
    if (waitMs > 0) {
      const limit = new AbortController();
      const late = delay(waitMs, undefined, { signal: limit.signal }).catch(() => undefined);
      await Promise.race([Promise.all(this.unended().map((job) => job.done)), late]);
      limit.abort();
    }
    const under = this.unended();
    for (const job of under) {
      if (waitMs > 0 && !job.cancelled) job.interrupted = reason;
      this.cancel(job.info.jobId);
    }
    await Promise.all(under.map((job) => job.done));
    for (const worker of this.idle.keys()) this.retire(worker);
  }

  private unended(): Job[] {
    return [...this.queue, ...this.busy.values(), ...this.own];
  }

  private find(jobId: string): Job {
    const job = this.jobs.get(jobId);
    if (!job) throw new CairnError("notFound", `There is no job ${jobId}.`);
    return job;
  }

  private next(): void {
    while (this.queue.length > 0 && this.busy.size < this.options.size) {
      const job = this.queue.shift();
      if (job) this.run(job, this.takeWorker());
    }
  }

  private takeWorker(): WorkerProcess {
    const [worker] = this.idle.keys();
    if (!worker) return new WorkerProcess(this.options.file, this.onExit);
    clearTimeout(this.idle.get(worker));
    this.idle.delete(worker);
    return worker;
  }

  private run(job: Job, worker: WorkerProcess): void {
    job.worker = worker;
    this.busy.set(worker, job);
    worker.onMessage = (message) => {
      this.onMessage(job, worker, message);
    };
    const { root: project, data: dataDir } = this.options.paths;
    const { readOnly = false } = this.options;
    worker.send({ type: "start", kind: job.kind, params: job.params, project, dataDir, readOnly });
    job.info.state = "running";
    this.update(job);
  }

  private onMessage(job: Job, worker: WorkerProcess, message: FromWorker): void {
    if (this.busy.get(worker) !== job) return;
    if (message.type === "progress") {
      if (message.progress !== undefined) job.info.progress = message.progress;
      if (message.message !== undefined) job.info.message = message.message;
      this.update(job);
      return;
    }
    this.busy.delete(worker);
    this.keep(worker);
    if (message.type === "done") {
      job.output = message.output;
      this.finish(job, { state: "done" });
    } else if (job.cancelled) this.finish(job, { state: "cancelled" });
    else this.finish(job, { state: "failed", error: message.error });
    this.next();
  }

  private readonly onExit = (worker: WorkerProcess, reason: string): void => {
    clearTimeout(this.idle.get(worker));
    this.idle.delete(worker);
    const job = this.busy.get(worker);
    if (!job) return;
    this.busy.delete(worker);
    if (job.cancelled) this.finish(job, { state: "cancelled" });
    else {
      this.options.logger.error(`The worker of "${job.info.title}" ended: ${reason}`);
      const message = `The process that did "${job.info.title}" ended: ${reason}.`;
      this.finish(job, { state: "failed", error: { code: "internal", message } });
    }
    this.next();
  };

  private keep(worker: WorkerProcess): void {
    if (this.closed) {
      worker.release();
      return;
    }
    const timer = setTimeout(() => {
      this.retire(worker);
    }, this.options.idleMs ?? 10_000);
    this.idle.set(worker, timer);
  }

  private retire(worker: WorkerProcess): void {
    clearTimeout(this.idle.get(worker));
    this.idle.delete(worker);
    worker.release();
  }

  private finish(
    job: Job,
    end: { state: "done" | "cancelled" } | { state: "failed"; error: ErrorShape },
  ): void {
    clearTimeout(job.killTimer);
    job.worker = undefined;
    const isInterrupted = end.state === "cancelled" && job.interrupted !== undefined;
    Object.assign(job.info, isInterrupted ? interruption(job) : end, { endTime: Date.now() });
    this.update(job);
    job.resolve();
    const ended = [...this.jobs.values()].filter((candidate) => candidate.info.endTime !== undefined);
    for (const old of ended.slice(0, -REMEMBERED)) this.jobs.delete(old.info.jobId);
  }

  private update(job: Job): void {
    this.options.onUpdate({ ...job.info });
  }
}

function interruption({ info, interrupted = "" }: Job): { state: "failed"; error: ErrorShape } {
  const message = `"${info.title}" was not finished when the engine ended: ${interrupted}.`;
  return { state: "failed", error: { code: "unavailable", message, hint: "Start it again." } };
}
