import { loadConfig, systemInterval } from "../../core/config/index.js";
import {
  type NetworkTraffic,
  networkMetrics,
  readNetwork,
  type SystemSample,
  SystemSampler,
} from "../../core/capture/index.js";
import { CairnError, wrapError } from "../../shared/errors.js";
import type { CaptureDeps } from "./captureRuns.js";

type Deps = Pick<CaptureDeps, "paths" | "store" | "launcher" | "logger">;

const CPU = "system/cpu_utilization_percentage";
const RECEIVED = "system/network_receive_megabytes";
const SENT = "system/network_transmit_megabytes";

/** A run whose machine is watched. */
interface Watched {
  runId: string;
  /** Milliseconds between two looks. */
  every: number;
  /** Milliseconds since the epoch. */
  next: number;
  /** Of the next sample. */
  step: number;
  /** What had gone over the network when the run started; not known yet before the first look. */
  network: NetworkTraffic | undefined;
  /** Megabytes that an earlier engine had counted for this run. */
  counted: { received: number; sent: number };
}

/**
 * Logs how processor, memory, disk, network and GPUs are used while a launched run lives, as MLflow's system metrics.
 * One timer and one look for all runs; none while there is no run. A run that outlived an engine is taken up again.
 */
export class SystemMetrics {
  private readonly runs = new Map<string, Watched>();
  private readonly sampler: SystemSampler;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private closed = false;
  private readonly stopListening: () => void;

  constructor(private readonly deps: Deps) {
    this.sampler = new SystemSampler(deps.paths.root);
    this.stopListening = deps.launcher.onStarted(({ runId, config }) => {
      this.watch(runId, systemInterval(config), 0, { received: 0, sent: 0 });
    });
  }

  /** Takes up the runs that an earlier engine started and that still live. */
  async recover(): Promise<void> {
    const { launcher, paths, store, logger } = this.deps;
    const active = launcher.active();
    if (active.length === 0) return;
    const every = systemInterval((await loadConfig(paths.root)).data);
    for (const runId of active) {
      try {
        const { metrics } = (await store.getRun(runId)).data;
        const last = (key: string) => metrics.find((metric) => metric.key === key);
        const step = (last(CPU)?.step ?? -1) + 1;
        this.watch(runId, every, step, {
          received: last(RECEIVED)?.value ?? 0,
          sent: last(SENT)?.value ?? 0,
        });
      } catch (error) {
        logger.warn(wrapError("go on watching", `the machine of run ${runId}`, error).message);
      }
    }
  }

  private watch(runId: string, every: number | undefined, step: number, counted: Watched["counted"]): void {
    if (every === undefined || this.closed || this.runs.has(runId)) return;
    const run: Watched = { runId, every, next: Date.now() + every, step, network: undefined, counted };
    this.runs.set(runId, run);
    // What the first look is compared with. A look at the processor would cut that of another run short.
    const isAlone = this.runs.size === 1;
    this.queue(async () => {
      run.network = isAlone ? (await this.sampler.sample()).network : await readNetwork();
    });
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.runs.size === 0 || this.closed) return;
    const next = Math.min(...[...this.runs.values()].map((run) => run.next));
    this.timer = setTimeout(
      () => {
        this.queue(() => this.look());
      },
      Math.max(0, next - Date.now()),
    );
  }

  private queue(task: () => Promise<void>): void {
    this.looking = this.looking.then(task).catch((error: unknown) => {
      this.deps.logger.warn(wrapError("look at", "the machine", error).message);
    });
  }

  private async look(): Promise<void> {
    const alive = new Set(this.deps.launcher.active());
    for (const runId of this.runs.keys()) if (!alive.has(runId)) this.runs.delete(runId);
    // Those that are due within a tenth of a second share the look.
    const due = [...this.runs.values()].filter((run) => run.next <= Date.now() + 100);
    if (due.length > 0) {
      const sample = await this.sampler.sample();
      const timestamp = Date.now();
      for (const run of due) {
        run.next = timestamp + run.every;
        await this.log(run, sample, timestamp);
      }
    }
    this.schedule();
  }

  private async log(run: Watched, { metrics, network }: SystemSample, timestamp: number): Promise<void> {
    const all = [...metrics];
    if (network !== undefined && run.network !== undefined) {
      const counted = new Map([
        [RECEIVED, run.counted.received],
        [SENT, run.counted.sent],
      ]);
      for (const [key, value] of networkMetrics(run.network, network))
        all.push([key, value + (counted.get(key) ?? 0)]);
    }
    const points = all.map(([key, value]) => ({ key, value, timestamp, step: run.step }));
    try {
      await this.deps.store.logBatch(run.runId, { metrics: points });
      run.step++;
    } catch (error) {
      // Deleted meanwhile; whatever else it is, the next look may succeed.
      if (error instanceof CairnError && ["invalid", "notFound"].includes(error.code))
        this.runs.delete(run.runId);
      else
        this.deps.logger.warn(wrapError("log", `the use of the machine by run ${run.runId}`, error).message);
    }
  }

  /** Resolves when no look is under way; runs go on. */
  async close(): Promise<void> {
    this.closed = true;
    this.stopListening();
    clearTimeout(this.timer);
    this.runs.clear();
    await this.looking;
  }
}
