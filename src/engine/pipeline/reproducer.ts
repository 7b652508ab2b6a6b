import { requireTrust } from "../../core/config/index.js";
import type { Logger } from "../../core/logger.js";
import type { Launcher } from "../../core/runs/index.js";
import type { TrackingStore } from "../../core/tracking/index.js";
import { CairnError, fromErrorShape, toErrorShape } from "../../shared/errors.js";
import type { JobOutput, JobParams, PipelineJobs } from "../../shared/jobs.js";
import type {
  ReproducedStage,
  ReproEvent,
  ReproParams,
  ReproResult,
  StagePlan,
} from "../../shared/pipeline/api.js";
import type { JobPool, OwnJob } from "../workers/pool.js";

export interface ReproducerDeps {
  root: string;
  store: TrackingStore;
  launcher: Launcher;
  jobs: JobPool;
  logger: Logger;
  isTrusted: () => Promise<boolean>;
  tell: (event: ReproEvent) => void;
}

/**
 * Brings stages of pipelines up to date, one after the other, each that has to run as a run. Files are looked at and
 * stored by workers; the launcher runs the commands. Killed at any moment, no stage counts as done that is not: its lock
 * is written last.
 */
export class Reproducer {
  private running = false;

  constructor(private readonly deps: ReproducerDeps) {}

  /** Returns the job's id. Throws CairnError `busy` while another one goes on. */
  start(params: ReproParams): string {
    if (this.running)
      throw new CairnError("busy", "Pipelines are being reproduced already.", {
        hint: "Wait until that has ended, or stop it.",
      });
    this.running = true;
    return this.deps.jobs.startOwn("repro", "Reproduce pipelines", async (job) => {
      try {
        return await this.reproduce(params, job);
      } finally {
        this.running = false;
      }
    });
  }

  private async reproduce(params: ReproParams, job: OwnJob): Promise<ReproResult> {
    const { isTrusted, root } = this.deps;
    if (!(await isTrusted())) await requireTrust(root);
    const { targets, single, downstream, dvcCache } = params;
    const plan = await this.work("stagePlan", { targets, single, downstream, dvcCache }, job.signal);
    const result: ReproResult = { stages: [], wrote: [] };
    const failed = new Set<string>();
    for (const [i, stage] of plan.stages.entries()) {
      job.signal.throwIfAborted();
      job.progress({ progress: i / plan.stages.length, message: stage.name });
      const tell: Tell = (event) => {
        const place = { jobId: job.jobId, number: i + 1, total: plan.stages.length, stage: stage.name };
        this.deps.tell({ ...place, ...event });
      };
      const blocker = blockerOf(stage, failed, params.keepGoing === true);
      const ended =
        blocker === undefined
          ? await this.one(stage.name, params, { job, tell, wrote: result.wrote })
          : {
              name: stage.name,
              outcome: "skipped" as const,
              reasons: [`${blocker} has failed`],
              runId: null,
            };
      if (ended.outcome === "failed" || ended.outcome === "skipped") failed.add(stage.name);
      result.stages.push(ended);
      const { outcome, reasons, runId } = ended;
      tell({ event: "ended", outcome, reasons, ...(runId === null ? {} : { runId }) });
    }
    return { ...result, wrote: [...new Set(result.wrote)].sort() };
  }

  /** Whatever goes wrong with a stage is its outcome; only a cancel is thrown. */
  private async one(
    name: string,
    params: ReproParams,
    { job, tell, wrote }: Doing,
  ): Promise<ReproducedStage> {
    let runId: string | null = null;
    try {
      tell({ event: "looking" });
      const prepared = await this.work("stagePrepare", { name, force: params.force === true }, job.signal);
      const { outcome, reasons, launch, before } = prepared;
      if (outcome === "unchanged" || outcome === "restored") return { name, outcome, reasons, runId };
      if (launch) {
        const { commands, cwd, data, params: values, env } = launch;
        const { experiment } = params;
        const started = await this.deps.launcher.start({
          ...{ stage: { name, commands }, name, cwd, data, params: values },
          env: { ...params.env, ...env },
          ...(experiment === undefined ? {} : { experiment }),
        });
        runId = started.runId;
        tell({ event: "running", reasons, runId });
        await this.ended(runId, job.signal);
      }
      const message = runId === null ? `Outputs of ${name}` : `Made by ${name}, run ${runId}`;
      const finished = await this.work("stageFinish", { name, before, message }, job.signal);
      wrote.push(...finished.wrote);
      for (const warning of finished.warnings) this.deps.logger.warn(`${name}: ${warning}`);
      if (runId !== null) await this.logMetrics(runId, finished.metrics);
      return { name, outcome: outcome === "frozen" ? "frozen" : "ran", reasons, runId };
    } catch (error) {
      if (job.signal.aborted) throw error;
      const { message, hint } = toErrorShape(error);
      return { name, outcome: "failed", reasons: hint === undefined ? [message] : [message, hint], runId };
    }
  }

  /** Throws when the command has failed; a cancel stops it with all its processes first. */
  private async ended(runId: string, signal: AbortSignal): Promise<void> {
    const { launcher } = this.deps;
    const stop = () => {
      // It may have ended in this moment.
      launcher.stop(runId).catch((error: unknown) => {
        this.deps.logger.debug(toErrorShape(error).message);
      });
    };
    signal.addEventListener("abort", stop);
    try {
      if (signal.aborted) stop();
      const { exitCode, endReason } = await launcher.wait(runId);
      signal.throwIfAborted();
      if (exitCode === 0 && endReason === undefined) return;
      throw new CairnError(
        "invalid",
        `The command ended with ${endReason ?? `exit code ${exitCode ?? "unknown"}`}.`,
      );
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Those that the run has logged itself stay as they are. */
  private async logMetrics(runId: string, metrics: readonly { key: string; value: number }[]): Promise<void> {
    const { store, logger } = this.deps;
    try {
      const { data, info } = await store.getRun(runId);
      const known = new Set(data.metrics.map(({ key }) => key));
      const timestamp = info.endTime ?? Date.now();
      const fresh = metrics
        .filter(({ key }) => !known.has(key))
        .map((each) => ({ ...each, timestamp, step: 0 }));
      if (fresh.length > 0) await store.logBatch(runId, { metrics: fresh });
    } catch (error) {
      logger.warn(`Failed to log the metrics of run ${runId}: ${toErrorShape(error).message}`);
    }
  }

  private async work<K extends Exclude<keyof PipelineJobs, "repro">>(
    kind: K,
    params: JobParams<K>,
    signal: AbortSignal,
  ): Promise<JobOutput<K>> {
    signal.throwIfAborted();
    const { jobs } = this.deps;
    const jobId = jobs.start(kind, titles[kind], { ...params });
    const cancel = () => {
      jobs.cancel(jobId);
    };
    signal.addEventListener("abort", cancel);
    try {
      const { job, output } = await jobs.wait(jobId);
      if (job.state === "done") return output as JobOutput<K>;
      throw job.error ? fromErrorShape(job.error) : new CairnError("cancelled", "Cancelled.");
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }
}

type Tell = (event: Pick<ReproEvent, "event" | "outcome" | "reasons" | "runId">) => void;

interface Doing {
  job: OwnJob;
  tell: Tell;
  wrote: string[];
}

const titles = {
  stages: "Look at the pipelines",
  stagePlan: "Plan the pipelines",
  stagePrepare: "Look at a stage",
  stageFinish: "Record what a stage has made",
};

/** What has failed, that a stage waits for; any failure without `keepGoing`. */
function blockerOf(
  { upstream }: StagePlan["stages"][number],
  failed: ReadonlySet<string>,
  keepGoing: boolean,
): string | undefined {
  const [first] = failed;
  return keepGoing ? upstream.find((name) => failed.has(name)) : first;
}
