import { CairnError, fromErrorShape } from "../shared/errors.js";
import type { JobOutput, JobParams } from "../shared/jobs.js";
import type { JobInfo, JobKind } from "../shared/protocol.js";
import type { CommandContext } from "./command.js";
import { withProject } from "./project.js";

/**
 * Has a job done by the project's engine and waits for it, telling its progress where somebody watches. Ctrl-C cancels
 * the job. Throws what the job threw, `cancelled` after a cancel.
 */
export function runJob<K extends JobKind>(
  context: CommandContext,
  kind: K,
  params: JobParams<K>,
): Promise<JobOutput<K>> {
  return withProject(context, async (client) => {
    const { jobId } = await client.request("jobStart", { kind, params: { ...params } });
    const cancel = () => void client.request("jobCancel", { jobId }).catch(() => undefined);
    if (context.signal.aborted) cancel();
    context.signal.addEventListener("abort", cancel);
    const progress = progressLine();
    try {
      const { job, output } = await client.request("jobWait", { jobId }, { onProgress: progress.show });
      if (job.state === "done") return output as JobOutput<K>;
      throw job.error ? fromErrorShape(job.error) : new CairnError("cancelled", "Cancelled.");
    } finally {
      progress.clear();
      context.signal.removeEventListener("abort", cancel);
    }
  });
}

/** One line of a terminal that is written over; nothing where stderr is none. */
function progressLine(): { show: (job: JobInfo) => void; clear: () => void } {
  const { stderr } = process;
  let begin = 0;
  let shown = false;
  return {
    show({ state, progress, message }) {
      if (!stderr.isTTY || state !== "running" || message === undefined) return;
      begin ||= Date.now();
      const elapsed = Date.now() - begin;
      const isTellable = progress !== undefined && progress > 0.02 && elapsed > 2000;
      const left = isTellable ? `, ${Math.ceil((elapsed * (1 - progress)) / progress / 1000)} s left` : "";
      stderr.write(`\r\u001b[K${message}${left}`);
      shown = true;
    },
    clear() {
      if (shown) stderr.write("\r\u001b[K");
    },
  };
}
