import { projectPaths } from "../core/project/index.js";
import { CairnError, toErrorShape } from "../shared/errors.js";
import type { FromWorker, ToWorker } from "../shared/jobs.js";
import { jobs } from "./jobs.js";

// Meant for this process, not for those that it starts.
delete process.env.NODE_COMPILE_CACHE;

let abort = new AbortController();

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

/** Does one job and tells how it ended. */
async function run(start: Extract<ToWorker, { type: "start" }>): Promise<void> {
  abort = new AbortController();
  const { signal } = abort;
  try {
    const job = Object.hasOwn(jobs, start.kind) ? jobs[start.kind as keyof typeof jobs] : undefined;
    if (!job) throw new CairnError("invalid", `No job is called ${start.kind}.`);
    const paths = projectPaths(start.project, start.dataDir);
    const progress = (state: { progress?: number; message?: string }) => {
      send({ type: "progress", ...state });
    };
    // The engine has checked the parameters against the schema of this kind.
    send({
      type: "done",
      output: await job(start.params as never, {
        paths,
        readOnly: start.readOnly === true,
        progress,
        signal,
      }),
    });
  } catch (error) {
    send({ type: "failed", error: toErrorShape(error) });
  }
}

process.on("message", (message: ToWorker) => {
  if (message.type === "abort") abort.abort();
  else void run(message);
});
// The engine lets an idle worker go, or is dead.
process.on("disconnect", () => process.exit(0));
