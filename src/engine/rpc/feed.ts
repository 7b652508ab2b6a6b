import type { StoreChange } from "../../core/tracking/types.js";
import { packPoints } from "../../shared/points.js";
import type { ConsoleChunk, EngineNotifications, NotificationName } from "../../shared/protocol.js";
import { PointBuffer } from "./pointBuffer.js";

/** At most 5 pushes a second. */
const INTERVAL_MS = 200;
/** A change that comes after a pause is told after this, so that what belongs together is told together. */
const FIRST_MS = 20;
const POINTS_PER_SERIES = 2000;
const SERIES = 2000;
/** A client that has so many bytes unread is told less until it has read them. */
export const SLOW_BYTES = 1024 * 1024;

/** Where a feed writes to. */
export interface FeedSink {
  send<N extends NotificationName>(name: N, params: EngineNotifications[N]): void;
  /** Bytes that the client has not read yet. */
  backlog(): number;
}

/**
 * What one client is told unasked, coalesced. For a client that does not read, nothing is kept but the names of the
 * runs of which it missed something; it is told `changed` for them when it reads again.
 */
export class Feed {
  private metrics = new Set<string>();
  private console = new Set<string>();
  private readonly changed = new Map<string, string>();
  private experiments = false;
  private readonly points = new Map<string, { runId: string; key: string; buffer: PointBuffer }>();
  private readonly missedOutput = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private lastFlush = 0;

  constructor(
    private readonly sink: FeedSink,
    /** The experiment of a run whose output was missed, where known. */
    private readonly experimentOf: (runId: string) => Promise<string | undefined>,
  ) {}

  subscribe(metrics: readonly string[], console: readonly string[]): void {
    this.metrics = new Set(metrics);
    this.console = new Set(console);
    for (const [id, { runId }] of this.points) if (!this.metrics.has(runId)) this.points.delete(id);
  }

  onStoreChange(change: StoreChange): void {
    if (change.kind === "experiment") this.experiments = true;
    else if (change.kind === "run") this.changed.set(change.runId, change.experimentId);
    else if (!this.metrics.has(change.runId)) return;
    else this.addPoints(change);
    this.schedule();
  }

  onOutput(runId: string, chunk: ConsoleChunk): void {
    if (!this.console.has(runId)) return;
    if (this.sink.backlog() <= SLOW_BYTES) {
      this.sink.send("output", { runId, chunk });
      return;
    }
    this.missedOutput.add(runId);
    this.schedule();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.points.clear();
  }

  private addPoints({ runId, experimentId, metrics }: StoreChange & { kind: "metrics" }): void {
    if (this.sink.backlog() > SLOW_BYTES) {
      this.changed.set(runId, experimentId);
      return;
    }
    for (const metric of metrics) {
      const id = `${runId}\0${metric.key}`;
      let series = this.points.get(id);
      if (!series && this.points.size >= SERIES) {
        this.changed.set(runId, experimentId);
        return;
      }
      series ??= { runId, key: metric.key, buffer: new PointBuffer(POINTS_PER_SERIES) };
      this.points.set(id, series);
      series.buffer.push(metric);
    }
  }

  private schedule(): void {
    if (this.timer) return;
    const wait = Math.max(FIRST_MS, this.lastFlush + INTERVAL_MS - Date.now());
    this.timer = setTimeout(() => void this.flush(), wait);
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    this.lastFlush = Date.now();
    if (this.sink.backlog() > SLOW_BYTES) {
      this.schedule();
      return;
    }
    await this.nameMissed();
    const series = [...this.points.values()].map(({ runId, key, buffer }) => ({
      runId,
      key,
      data: packPoints(buffer.take()),
    }));
    this.points.clear();
    if (series.length > 0) this.sink.send("points", { series });
    if (this.changed.size === 0 && !this.experiments) return;
    const runs = [...this.changed].map(([runId, experimentId]) => ({ runId, experimentId }));
    const { experiments } = this;
    this.changed.clear();
    this.experiments = false;
    this.sink.send("changed", { runs, experiments });
  }

  private async nameMissed(): Promise<void> {
    const missed = [...this.missedOutput];
    this.missedOutput.clear();
    for (const runId of missed) {
      const experimentId = await this.experimentOf(runId);
      if (experimentId !== undefined) this.changed.set(runId, experimentId);
    }
  }
}
