import { type ChildProcess, fork } from "node:child_process";
import { compileCache } from "../client/compileCache.js";
import type { FromWorker, ToWorker } from "../../shared/jobs.js";

const STDERR_TAIL = 2000;

/** One worker: a process of its own, so that a crash of native code costs one job only. */
export class WorkerProcess {
  private readonly child: ChildProcess;
  private stderr = "";
  onMessage: (message: FromWorker) => void = () => undefined;

  constructor(file: string, onExit: (worker: WorkerProcess, reason: string) => void) {
    this.child = fork(file, [], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // An inspector or memory limits of the engine are not meant for its workers.
      execArgv: [],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache() },
    });
    this.child.stderr?.on("data", (data: Buffer) => {
      this.stderr = (this.stderr + data.toString("utf8")).slice(-STDERR_TAIL);
    });
    this.child.on("message", (message) => {
      this.onMessage(message as FromWorker);
    });
    let ended = false;
    const end = (reason: string) => {
      if (ended) return;
      ended = true;
      onExit(this, [reason, this.stderr.trim()].filter(Boolean).join(": "));
    };
    this.child.once("error", (error) => {
      end(error.message);
    });
    this.child.once("close", (code, signal) => {
      end(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  send(message: ToWorker): void {
    // A worker that is gone reports itself through its exit.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  /** It ends by itself as soon as nobody talks to it. */
  release(): void {
    if (this.child.connected) this.child.disconnect();
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}
