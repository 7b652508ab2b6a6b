import { toError } from "../../../src/shared/errors.js";
import type { MetricNames } from "../../../src/shared/protocol.js";
import { CurvePoints } from "./curve.js";
import { CurveStore, type CurveData } from "./curveStore.js";
import { loadPlotlySoon } from "./plotlyGlobal.js";

/** Where curves come from. */
export interface ChartSource {
  names(runIds: string[]): Promise<MetricNames>;
  curves(query: {
    runIds: string[];
    keys: string[];
    maxPoints: number;
    steps?: { from: number; to: number };
  }): Promise<CurveData[]>;
}

type Listener = (grown: ReadonlySet<string> | undefined) => void;

/** Points a curve has at most as it is fetched. */
const MAX_POINTS = 2_000;
/** Metrics fetched at once: about what is in view. */
const BATCH = 12;
/** Numbers of all kept curves, 8 bytes each; of more, those are forgotten that were out of view longest. */
const MOST_KEPT = 8_000_000;

/**
 * The metrics of some runs for the charts of a panel: first their names, then the curves of those in view, then what
 * is logged. One request is under way at a time, always for what is in view now.
 */
export class ChartData {
  readonly store = new CurveStore();
  /** What the last request failed with. */
  failure: Error | undefined;
  loading = true;
  private runIds: string[] = [];
  private wanted: readonly string[] = [];
  private readonly seen = new Map<string, number>();
  private readonly listeners = new Set<Listener>();
  private busy = false;
  private turn = 0;

  /** `changed` is called when names have come, or failed to. */
  constructor(
    private readonly source: ChartSource,
    private readonly changed: () => void,
  ) {}

  /** Shows exactly these runs: asks for their metrics' names; curves that are there already are kept. */
  async show(runIds: readonly string[]): Promise<void> {
    const turn = ++this.turn;
    this.runIds = [...runIds];
    loadPlotlySoon();
    try {
      const names = await this.source.names(this.runIds);
      if (turn !== this.turn) return;
      this.store.setNames(names);
      this.failure = undefined;
    } catch (error) {
      if (turn !== this.turn) return;
      this.failure = toError(error);
    }
    this.loading = false;
    this.emit(undefined);
    this.changed();
    void this.fetch();
  }

  /** Asks for everything again, keeping it on show meanwhile: the engine was away. */
  async reload(): Promise<void> {
    this.store.expire();
    await this.show(this.runIds);
  }

  /** Takes points that were logged. */
  append(series: readonly CurveData[]): void {
    const before = this.store.keys().length;
    const grown = this.store.append(series, new Set(this.runIds));
    if (grown.size === 0) return;
    this.emit(this.store.keys().length === before ? grown : undefined);
    if (before === 0) this.changed();
  }

  /** The metrics in view. */
  want(keys: readonly string[]): void {
    this.wanted = keys;
    const now = performance.now();
    for (const key of keys) this.seen.set(key, now);
    void this.fetch();
  }

  /** Fetches the finer points of each run's steps of one metric. */
  async refine(
    key: string,
    ranges: ReadonlyMap<string, readonly [number, number]>,
    maxPoints: number,
  ): Promise<void> {
    const alike = new Map<string, { runIds: string[]; from: number; to: number }>();
    for (const [runId, [from, to]] of ranges) {
      const name = `${from} ${to}`;
      const group = alike.get(name);
      if (group) group.runIds.push(runId);
      else alike.set(name, { runIds: [runId], from, to });
    }
    const details = new Map<string, { from: number; to: number; points: CurvePoints }>();
    this.store.beginDetails(key);
    await Promise.all(
      [...alike.values()].map(async ({ runIds, from, to }) => {
        const curves = await this.source.curves({ runIds, keys: [key], maxPoints, steps: { from, to } });
        for (const { runId, points, decimated = false } of curves)
          details.set(runId, { from, to, points: new CurvePoints(points, decimated) });
      }),
    );
    this.store.setDetails(key, details);
  }

  /** Calls back with the metrics that have grown, or undefined when there are others than before. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private emit(grown: ReadonlySet<string> | undefined): void {
    for (const listener of this.listeners) listener(grown);
  }

  private async fetch(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let batch = this.nextBatch(); batch.keys.length > 0; batch = this.nextBatch()) {
        const { keys, runIds } = batch;
        const turn = this.turn;
        this.store.beginFetch();
        try {
          const curves = await this.source.curves({ runIds, keys, maxPoints: MAX_POINTS });
          this.store.endFetch(keys, runIds, curves);
        } catch (error) {
          this.store.endFetch([], [], []);
          // It may be about runs that are no longer wanted.
          if (turn === this.turn) throw error;
          continue;
        }
        this.forget();
        this.emit(new Set(keys));
      }
      if (this.failure) {
        this.failure = undefined;
        this.changed();
      }
    } catch (error) {
      this.failure = toError(error);
      this.changed();
    } finally {
      this.busy = false;
    }
  }

  /** The first metrics in view that lack curves of the same runs. */
  private nextBatch(): { keys: string[]; runIds: string[] } {
    let runIds: string[] = [];
    const keys: string[] = [];
    for (const key of this.wanted) {
      const missing = this.store.missing(key);
      if (missing.length === 0) continue;
      runIds = [...new Set([...runIds, ...missing])];
      keys.push(key);
      if (keys.length === BATCH) break;
    }
    return { keys, runIds };
  }

  private forget(): void {
    const wanted = new Set(this.wanted);
    const sizes = this.store.sizes();
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    if (total <= MOST_KEPT) return;
    const oldest = [...sizes.keys()]
      .filter((key) => !wanted.has(key))
      .sort((a, b) => (this.seen.get(a) ?? 0) - (this.seen.get(b) ?? 0));
    for (const key of oldest) {
      if (total <= MOST_KEPT / 2) return;
      total -= sizes.get(key) ?? 0;
      this.store.dropCurves(key);
    }
  }
}
