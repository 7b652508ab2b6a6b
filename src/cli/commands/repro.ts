import { requireTrust } from "../../core/config/index.js";
import { connectEngine } from "../../engine/client/index.js";
import { CairnError, fromErrorShape, toErrorShape } from "../../shared/errors.js";
import type {
  ReproEvent,
  ReproParams,
  ReproResult,
  StageGraph,
  StageInfo,
} from "../../shared/pipeline/api.js";
import { EXIT, type Command, type CommandContext, type ExitCode } from "../command.js";
import { RunPrinter } from "../runPrinter.js";
import { runJob } from "../runJob.js";
import { UsageError } from "../usageError.js";

export const reproCommand: Command = {
  name: "repro",
  summary: "Bring the stages of dvc.yaml and cairn.yaml up to date, each that has changed as a tracked run.",
  usage: "[STAGE…] [--dry] [--single-item | --downstream] [--force] [--keep-going] [--experiment E]",
  positionals: { min: 0, max: 10_000 },
  options: {
    dry: { help: "Only tell what would be done, and why." },
    "single-item": { short: "s", help: "Not the stages that a STAGE depends on." },
    downstream: { help: "The stages that depend on a STAGE, instead of those that it depends on." },
    force: { short: "f", help: "Run stages that have not changed, too." },
    "keep-going": { short: "k", help: "After a failure, go on with what does not depend on it." },
    experiment: { value: "NAME", help: "The experiment that the runs belong to; made if there is none." },
    "dvc-cache": {
      help: "Put outputs into DVC's cache too, from now on, so that `dvc repro` finds them.",
    },
    "no-dvc-cache": { help: "No more of that." },
  },
  details: `A STAGE is a name as \`dvc stage list\` shows it, a group (train for all train@…), or a file or folder with pipelines; without
one all pipelines of the project are looked at. Stages need \`cairn trust\` once. What has not changed is left alone; outputs that
are missing are restored where they are stored. dvc.lock is written as DVC does: both may be used in turn, with --dvc-cache.
Ctrl-C stops the stage that runs with all its processes.`,
  async run(context) {
    const { args } = context;
    const params: ReproParams = { ...choice(context), targets: args.positionals };
    return args.has("dry") ? showPlan(context, params) : reproduce(context, params);
  },
};

function choice({ args }: CommandContext): ReproParams {
  const excludes = (a: string, b: string) => {
    if (args.has(a) && args.has(b)) throw new UsageError(`--${a} and --${b} exclude each other.`);
  };
  excludes("dvc-cache", "no-dvc-cache");
  excludes("single-item", "downstream");
  if ((args.has("single-item") || args.has("downstream")) && args.positionals.length === 0)
    throw new UsageError("--single-item and --downstream need a STAGE.");
  const experiment = args.text("experiment");
  return {
    ...{ single: args.has("single-item"), downstream: args.has("downstream") },
    ...{ force: args.has("force"), keepGoing: args.has("keep-going") },
    ...(args.has("dvc-cache") ? { dvcCache: true } : args.has("no-dvc-cache") ? { dvcCache: false } : {}),
    ...(experiment === undefined ? {} : { experiment }),
  };
}

/** Runs nothing, so that no trust is needed. */
async function showPlan(context: CommandContext, params: ReproParams): Promise<ExitCode> {
  const { targets, single, downstream } = params;
  const graph = await runJob(context, "stages", { targets, single, downstream });
  const { output, json } = context;
  output.document(graph);
  if (!json) for (const stage of graph.stages) output.line(describe(stage, params.force === true));
  if (!json && graph.stages.length === 0) output.line("There are no stages in dvc.yaml or cairn.yaml.");
  for (const problem of graph.problems) output.note(`cairn: ${problem}`);
  return isSound(graph) ? EXIT.done : EXIT.failed;
}

const isSound = ({ stages, problems }: StageGraph): boolean =>
  problems.length === 0 && stages.every(({ state }) => state !== "broken");

function describe({ name, state, reasons }: StageInfo, isForced: boolean): string {
  const why = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
  if (state === "broken") return `${name} cannot be judged${why}.`;
  if (state === "changed") return `${name} would run${why}.`;
  if (isForced) return `${name} would run, being forced to.`;
  if (state === "restorable") return `${name} would be restored${why}.`;
  return state === "waiting" ? `${name} would be looked at again${why}.` : `${name} has not changed.`;
}

async function reproduce(context: CommandContext, params: ReproParams): Promise<ExitCode> {
  const { project, output, json, signal } = context;
  await requireTrust(project);
  const client = await connectEngine({ project, kind: "cli", start: "ifNeeded" });
  const printer = new RunPrinter(client, context);
  let jobId = "";
  const cancel = () => void client.request("jobCancel", { jobId }).catch(() => undefined);
  const early: ReproEvent[] = [];
  const onEvent = (event: ReproEvent) => {
    if (jobId === "") early.push(event);
    else if (event.jobId === jobId) void printer.show(event);
  };
  const off = client.on("repro", onEvent);
  try {
    const env = Object.fromEntries(
      Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    ({ jobId } = await client.request("jobStart", { kind: "repro", params: { ...params, env } }));
    for (const event of early.splice(0)) onEvent(event);
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel);
    const { job, output: made } = await client.request("jobWait", { jobId });
    await printer.finish();
    if (job.state !== "done")
      throw job.error ? fromErrorShape(job.error) : new CairnError("cancelled", "Stopped.");
    const result = made as ReproResult;
    output.document(result);
    if (!json) summarize(context, result);
    return result.stages.some(({ outcome }) => outcome === "failed" || outcome === "skipped")
      ? EXIT.failed
      : EXIT.done;
  } catch (error) {
    if (toErrorShape(error).code !== "unavailable") throw error;
    throw new CairnError("unavailable", "The engine has ended meanwhile.", {
      hint: "Stages that were not finished will run again: cairn repro.",
      cause: error,
    });
  } finally {
    off();
    signal.removeEventListener("abort", cancel);
    client.dispose();
  }
}

function summarize({ output }: CommandContext, { stages, wrote }: ReproResult): void {
  const names = (outcome: string) =>
    stages.filter((stage) => stage.outcome === outcome).map(({ name }) => name);
  const parts = [
    [names("ran"), "ran"],
    [names("restored"), "restored"],
    [names("frozen"), "recorded as it is"],
    [names("failed"), "failed"],
    [names("skipped"), "not run"],
  ] as const;
  for (const [found, what] of parts)
    if (found.length > 0) output.line(`${found.length} ${what}: ${found.join(", ")}`);
  if (stages.every(({ outcome }) => outcome === "unchanged")) output.line("Pipelines are up to date.");
  if (wrote.length > 0) output.line(`Wrote ${wrote.join(", ")}: commit to Git.`);
}
