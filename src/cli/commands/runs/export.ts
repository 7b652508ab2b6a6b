import { rename, rm, writeFile } from "node:fs/promises";
import { EXIT, type Command } from "../../command.js";
import { withRuns } from "../../project.js";
import type { RunDocument } from "../../runDocument.js";
import { UsageError } from "../../usageError.js";
import { searchOptions, searchPage } from "./search.js";

const PAGE = 1000;

function csvCell(value: string | number | boolean | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, one row a run; columns named as `mlflow.search_runs` names them. */
export function runsToCsv(runs: readonly RunDocument[]): string {
  const keys = (part: "params" | "metrics" | "tags"): string[] =>
    [...new Set(runs.flatMap((run) => Object.keys(run[part])))].sort();
  const [params, metrics, tags] = [keys("params"), keys("metrics"), keys("tags")];
  const header = [
    ...["run_id", "run_name", "experiment", "status", "start_time", "end_time", "exit_code"],
    ...metrics.map((name) => `metrics.${name}`),
    ...params.map((name) => `params.${name}`),
    ...tags.map((name) => `tags.${name}`),
  ];
  const time = (value: number | null): string | null =>
    value === null ? null : new Date(value).toISOString();
  const rows = runs.map((run) => [
    ...[run.id, run.name, run.experiment, run.status, time(run.startTime), time(run.endTime), run.exitCode],
    ...metrics.map((name) => run.metrics[name]?.value ?? null),
    ...params.map((name) => run.params[name] ?? null),
    ...tags.map((name) => run.tags[name] ?? null),
  ]);
  return [header, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/** All of the file or nothing. */
async function writeOutput(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export const exportCommand: Command = {
  name: "runs export",
  summary: "Write all runs, or those that a filter finds, as CSV or JSON.",
  usage: "[FILTER] [--format csv|json] [-o FILE]",
  positionals: { min: 0, max: 1 },
  options: {
    format: { value: "csv|json", help: "csv by default." },
    output: { value: "FILE", short: "o", help: "Where to write; stdout by default." },
    ...searchOptions,
  },
  async run(context) {
    const { args, output, json } = context;
    const format = args.text("format") ?? (json ? "json" : "csv");
    if (format !== "csv" && format !== "json") throw new UsageError("--format is csv or json.");
    const file = args.text("output");
    if (json && format === "csv" && file === undefined) {
      throw new UsageError("--json prints JSON.", "With --format csv give a file: -o FILE.");
    }
    const runs = await withRuns(context, async (client) => {
      const found: RunDocument[] = [];
      let pageToken: string | undefined;
      do {
        const page = await searchPage(client, context, {
          filter: args.positionals[0],
          maxResults: PAGE,
          pageToken,
        });
        found.push(...page.runs);
        pageToken = page.nextPageToken ?? undefined;
      } while (pageToken !== undefined);
      return found;
    });
    const text = format === "csv" ? runsToCsv(runs) : `${JSON.stringify({ runs }, undefined, 2)}\n`;
    if (file !== undefined) {
      await writeOutput(file, text);
      output.note(`Wrote ${runs.length} runs to ${file}.`);
      output.document({ path: file, format, count: runs.length });
    } else process.stdout.write(text);
    return EXIT.done;
  },
};
