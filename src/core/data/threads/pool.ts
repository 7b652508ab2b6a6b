import os from "node:os";
import { Worker } from "node:worker_threads";
import { CairnError, type ErrorShape, fromErrorShape, toError } from "../../../shared/errors.js";
import { distFile } from "../../project/index.js";
import { asDataError } from "../errors.js";
import type { FromThread, TaskKind, Tasks, ToThread } from "./tasks.js";

const MAX_THREADS = 8;

interface Waiting {
  message: ToThread;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/** Threads that read and hash files, each one task at a time. They start with the first task. */
export class ThreadPool {
  readonly size = Math.max(1, Math.min(MAX_THREADS, os.availableParallelism()));
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly queue: Waiting[] = [];
  private readonly busy = new Map<Worker, Waiting>();
  private nextId = 1;

  constructor(
    private readonly signal: AbortSignal,
    private readonly onBytes: (bytes: number) => void = () => undefined,
  ) {
    signal.addEventListener("abort", () => {
      const tasks = [...this.queue, ...this.busy.values()];
      void this.close();
      for (const { reject } of tasks) reject(new CairnError("cancelled", "Cancelled."));
    });
  }

  /** Throws CairnError `cancelled` after an abort, which ends the threads. */
  run<K extends TaskKind>(kind: K, params: Tasks[K]["params"]): Promise<Tasks[K]["result"]> {
    return new Promise<unknown>((resolve, reject) => {
      const message = { id: this.nextId++, kind, params } as ToThread;
      this.queue.push({ message, resolve, reject });
      this.next();
    }) as Promise<Tasks[K]["result"]>;
  }

  /** Ends the threads, also in the middle of a task. */
  async close(): Promise<void> {
    this.queue.length = 0;
    await Promise.all([...this.all].map((thread) => thread.terminate()));
  }

  private next(): void {
    while (this.queue.length > 0) {
      if (this.signal.aborted) {
        for (const { reject } of this.queue.splice(0)) reject(new CairnError("cancelled", "Cancelled."));
        return;
      }
      const thread = this.idle.pop() ?? (this.all.size < this.size ? this.start() : undefined);
      if (!thread) return;
      const task = this.queue.shift();
      if (!task) return;
      this.busy.set(thread, task);
      thread.postMessage(task.message);
    }
  }

  private start(): Worker {
    const thread = new Worker(distFile("dataThread.js"));
    this.all.add(thread);
    thread.on("message", (message: FromThread) => this.onMessage(thread, message));
    thread.on("error", (error) => this.busy.get(thread)?.reject(error));
    thread.on("exit", () => {
      this.all.delete(thread);
      this.busy.get(thread)?.reject(new CairnError("internal", "A thread that reads files ended."));
      this.busy.delete(thread);
    });
    return thread;
  }

  private onMessage(thread: Worker, message: FromThread): void {
    if ("bytes" in message && message.bytes !== undefined) {
      this.onBytes(message.bytes);
      return;
    }
    const task = this.busy.get(thread);
    this.busy.delete(thread);
    this.idle.push(thread);
    if ("error" in message) task?.reject(fromErrorShape(message.error as ErrorShape));
    else task?.resolve("result" in message ? message.result : undefined);
    this.next();
  }
}

/** What a thread says of a failure. */
export function threadError(error: unknown, params: unknown): ErrorShape {
  const file =
    (params as { name?: string }).name ?? (toError(error) as NodeJS.ErrnoException).path ?? "a file";
  const { code, message, hint } = asDataError("read", file, error);
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
