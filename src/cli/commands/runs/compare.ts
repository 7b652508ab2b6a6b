import { EXIT, type Command } from "../../command.js";
import { formatTable, type Column } from "../../output.js";
import { findRunId, fullDocument, withRuns } from "../../project.js";
import { formatDuration } from "../../../shared/duration.js";
import { formatNumber, type RunDocument } from "../../runDocument.js";

function keysOf(runs: readonly RunDocument[], part: "params" | "metrics"): string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run[part])))].sort();
}

export const compareCommand: Command = {
  name: "runs compare",
  summary: "Show parameters and metrics of runs side by side.",
  usage: "ID ID…",
  positionals: { min: 2, max: 50 },
  async run(context) {
    const { args, output } = context;
    const runs = await withRuns(context, async (client) => {
      const documents: RunDocument[] = [];
      for (const id of args.positionals)
        documents.push(await fullDocument(client, await findRunId(client, id)));
      return documents;
    });
    const params = keysOf(runs, "params").map(
      (name) => [name, runs.map((run) => run.params[name] ?? null)] as const,
    );
    const metrics = keysOf(runs, "metrics").map(
      (name) => [name, runs.map((run) => run.metrics[name]?.value ?? null)] as const,
    );
    output.document({ runs, params: Object.fromEntries(params), metrics: Object.fromEntries(metrics) });
    if (context.json) return EXIT.done;
    const columns: Column[] = [
      { title: "" },
      ...runs.map((run): Column => ({
        title: `${run.name} (${run.id.slice(0, 8)})`,
        align: "right",
        max: 32,
      })),
    ];
    const rows = [
      ["status", ...runs.map((run) => run.status)],
      ["took", ...runs.map((run) => formatDuration((run.endTime ?? Date.now()) - run.startTime))],
      ...params.map(([name, values]) => [`params.${name}`, ...values.map((value) => value ?? "-")]),
      ...metrics.map(([name, values]) => [
        `metrics.${name}`,
        ...values.map((value) => (value === null ? "-" : formatNumber(value))),
      ]),
    ];
    output.line(formatTable(columns, rows, output.bold));
    return EXIT.done;
  },
};
