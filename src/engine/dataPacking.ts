import { existsSync } from "node:fs";
import path from "node:path";
import type { Logger } from "../core/logger.js";
import type { ProjectPaths } from "../core/project/index.js";
import { toErrorShape } from "../shared/errors.js";
import type { JobInfo } from "../shared/protocol.js";
import type { JobPool } from "./workers/pool.js";

/** A turn of packing: other jobs wait no longer than this and one content. */
const TURN_MS = 3000;

/** Packs what `data add` has stored, turn by turn behind all other jobs, so that nobody waits for it. */
export class DataPacking {
  private running = false;
  private again = false;
  private closed = false;

  constructor(
    private readonly options: { paths: Pick<ProjectPaths, "data">; jobs: () => JobPool; logger: Logger },
  ) {}

  /** Packs what an engine or a command before has left. */
  resume(): void {
    if (existsSync(path.join(this.options.paths.data, "store"))) this.wake();
  }

  onJob({ kind, state }: JobInfo): void {
    if ((kind === "dataAdd" || kind === "dataPull") && state === "done") this.wake();
  }

  close(): void {
    this.closed = true;
  }

  private wake(): void {
    this.again = true;
    if (this.running || this.closed) return;
    this.running = true;
    this.work().catch((error: unknown) => {
      this.options.logger.warn(`Failed to pack data: ${toErrorShape(error).message}`);
    });
  }

  private async work(): Promise<void> {
    const jobs = this.options.jobs();
    try {
      while (this.again && !this.closed) {
        this.again = false;
        const { job, output } = await jobs.wait(jobs.start("dataPack", "Pack data", { maxMs: TURN_MS }));
        if (job.state === "failed")
          this.options.logger.warn(`Failed to pack data: ${job.error?.message ?? ""}`);
        if (job.state !== "done") return;
        const { left, damaged } = output as { left: number; damaged: number };
        if (damaged > 0) this.options.logger.error(`${damaged} stored contents are damaged.`);
        this.again ||= left > 0;
      }
    } finally {
      this.running = false;
    }
  }
}
