import type { ProjectPaths } from "../../core/project/index.js";
import { CairnError, fromErrorShape } from "../../shared/errors.js";
import type { FromWorker, JobOutput, JobParams } from "../../shared/jobs.js";
import { WorkerProcess } from "../workers/workerProcess.js";

type TableJob = "tableOpen" | "tableRows";

interface Waiting {
  kind: TableJob;
  params: Record<string, unknown>;
  resolve: (output: unknown) => void;
  reject: (error: CairnError) => void;
}

export interface TableReaderOptions {
  /** Bundle of the worker. */
  file: string;
  paths: ProjectPaths;
  /** How long the worker is kept when nothing is asked for. */
  idleMs?: number;
}

/**
 * Reads tables in a worker of its own, which stays while somebody looks at one: it keeps files open and knows where
 * their rows lie. Not a job of the pool, whose workers forget and may be busy for minutes.
 */
export class TableReader {
  private readonly queue: Waiting[] = [];
  private worker: WorkerProcess | undefined;
  private current: Waiting | undefined;
  private idle: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: TableReaderOptions) {}

  /** One after the other, in order. What nobody waits for any more is left out. */
  do<K extends TableJob>(kind: K, params: JobParams<K>, signal: AbortSignal): Promise<JobOutput<K>> {
    if (this.closed) return Promise.reject(new CairnError("unavailable", "The engine ends."));
    return new Promise((resolve, reject) => {
      const asked: Waiting = { kind, params: { ...params }, resolve: resolve as Waiting["resolve"], reject };
      signal.addEventListener("abort", () => {
        this.giveUp(asked);
      });
      this.queue.push(asked);
      this.next();
    });
  }

  /** Ends the worker, and what it was asked for with `unavailable`. */
  close(): void {
    this.closed = true;
    clearTimeout(this.idle);
    this.worker?.kill();
    this.failAll(new CairnError("unavailable", "The engine ends."));
  }

  private giveUp(asked: Waiting): void {
    const at = this.queue.indexOf(asked);
    if (at >= 0) {
      this.queue.splice(at, 1);
      asked.reject(new CairnError("cancelled", "Cancelled."));
    } else if (this.current === asked) this.worker?.send({ type: "abort" });
  }

  private next(): void {
    if (this.current) return;
    clearTimeout(this.idle);
    this.current = this.queue.shift();
    if (!this.current) {
      this.idle = setTimeout(() => {
        this.worker?.release();
        this.worker = undefined;
      }, this.options.idleMs ?? 60_000).unref();
      return;
    }
    const { root: project, data: dataDir } = this.options.paths;
    const { kind, params } = this.current;
    this.worker ??= this.startWorker();
    this.worker.send({ type: "start", kind, params, project, dataDir });
  }

  private startWorker(): WorkerProcess {
    const worker = new WorkerProcess(this.options.file, (ended, reason) => {
      if (this.worker !== ended) return;
      this.worker = undefined;
      const failed = this.current;
      this.current = undefined;
      failed?.reject(new CairnError("internal", `The process that reads tables ended: ${reason}.`));
      if (!this.closed) this.next();
    });
    worker.onMessage = (message) => {
      if (this.worker === worker) this.onMessage(message);
    };
    return worker;
  }

  private onMessage(message: FromWorker): void {
    if (message.type === "progress") return;
    const asked = this.current;
    this.current = undefined;
    if (message.type === "done") asked?.resolve(message.output);
    else asked?.reject(fromErrorShape(message.error));
    this.next();
  }

  private failAll(error: CairnError): void {
    for (const { reject } of [...(this.current ? [this.current] : []), ...this.queue]) reject(error);
    this.current = undefined;
    this.queue.length = 0;
  }
}
