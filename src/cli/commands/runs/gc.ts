import { formatBytes } from "../../../shared/bytes.js";
import { describeDuration, parseDuration } from "../../../shared/duration.js";
import { CairnError, fromErrorShape } from "../../../shared/errors.js";
import type { DiskUse } from "../../../shared/jobs.js";
import type { EngineClient } from "../../../engine/client/index.js";
import { EXIT, type Command } from "../../command.js";
import { hasRecords, withProject } from "../../project.js";
import { UsageError } from "../../usageError.js";

const DEFAULT_AGE = "30d";
/** Taking away the points of thousands of runs may take its time. */
const TIMEOUT_MS = 24 * 3600_000;

/** What takes space, as a worker of the engine measures it. */
async function measure(client: EngineClient): Promise<DiskUse> {
  const { jobId } = await client.request("jobStart", { kind: "diskUse", params: {} });
  const { job, output } = await client.request("jobWait", { jobId });
  if (job.state === "done") return output as DiskUse;
  throw job.error ? fromErrorShape(job.error) : new CairnError("cancelled", "Cancelled.");
}

export const gcCommand: Command = {
  name: "runs gc",
  summary: "Delete for good what was deleted long ago, with its files, and give the space back.",
  usage: "[--older-than 30d] [--dry-run]",
  positionals: { min: 0, max: 0 },
  options: {
    "older-than": { value: "TIME", help: `Such as 12h or 30d; ${DEFAULT_AGE} by default, 0d for all.` },
    "dry-run": { help: "Only tell which runs it would be, and how large their files are." },
  },
  details:
    "Deleted runs, logged models and experiments can be restored until then. Runs that are running stay.",
  async run(context) {
    const { args, output, project } = context;
    const given = args.text("older-than") ?? DEFAULT_AGE;
    const olderThanMs = parseDuration(given);
    if (olderThanMs === undefined)
      throw new UsageError(`"${given}" is not a length of time.`, "Such as 12h or 30d.");
    const age = olderThanMs === 0 ? "" : ` more than ${describeDuration(olderThanMs)} ago`;
    if (!hasRecords(project)) {
      output.line("Nothing has been recorded.");
      output.document({ dryRun: args.has("dry-run"), runs: 0, models: 0, experiments: 0, bytes: 0 });
      return EXIT.done;
    }
    if (args.has("dry-run")) {
      const { deleted } = await withProject(context, measure);
      const due = deleted.filter(({ deletedTime }) => deletedTime < Date.now() - olderThanMs);
      const bytes = due.reduce((sum, run) => sum + run.bytes, 0);
      for (const run of due) output.line(`${run.runId}  ${formatBytes(run.bytes).padStart(10)}  ${run.name}`);
      output.line(`${count(due.length, "run")} deleted${age}, with files of ${formatBytes(bytes)}.`);
      output.document({ dryRun: true, runs: due.length, bytes, runIds: due.map(({ runId }) => runId) });
      return EXIT.done;
    }
    const result = await withProject(context, (client) =>
      client.request("gc", { olderThanMs }, { timeoutMs: TIMEOUT_MS }),
    );
    const { runs, models, experiments, bytes } = result;
    const what = [count(runs, "run"), count(models, "model"), count(experiments, "experiment")].join(", ");
    output.line(`Deleted for good what was deleted${age}: ${what}; ${formatBytes(bytes)} freed.`);
    output.document({ dryRun: false, ...result });
    return EXIT.done;
  },
};

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
