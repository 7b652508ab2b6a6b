import type { StoreChange, TrackingStore } from "../core/tracking/types.js";

/** A run that says nothing for so long is not waited for: its process is most likely gone. */
const SILENT_MS = 12 * 3600_000;

/**
 * Runs that somebody else's process logs to this engine: it must not end between two epochs. Only what this engine
 * has heard of counts, so that a script killed long ago keeps nothing.
 */
export class LiveRuns {
  private readonly heard = new Map<string, number>();

  constructor(private readonly store: TrackingStore) {}

  onStoreChange(change: StoreChange): void {
    if (change.kind !== "experiment") this.heard.set(change.runId, Date.now());
  }

  /** How many of them are still running. */
  async count(): Promise<number> {
    let live = 0;
    for (const [runId, time] of this.heard) {
      if (Date.now() - time < SILENT_MS && (await this.isRunning(runId))) live++;
      else this.heard.delete(runId);
    }
    return live;
  }

  private async isRunning(runId: string): Promise<boolean> {
    try {
      const { info } = await this.store.getRun(runId);
      return info.status === "RUNNING" && info.lifecycleStage === "active";
    } catch {
      // Deleted for good meanwhile.
      return false;
    }
  }
}
