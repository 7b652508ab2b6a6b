import type { EngineClient } from "../../../engine/client/index.js";
import { formatDuration } from "../../../shared/duration.js";
import type { ViewType } from "../../../shared/tracking.js";
import { EXIT, type Command, type CommandContext, type Option } from "../../command.js";
import { formatTable, type Column, type Output } from "../../output.js";
import { experimentIds, experimentNames, hasRecords, withProject } from "../../project.js";
import { formatNumber, formatTime, runDocument, type RunDocument } from "../../runDocument.js";

const DEFAULT_LIMIT = 100;
const SHOWN_METRICS = 4;

export const searchOptions: Record<string, Option> = {
  experiment: { value: "NAME", multiple: true, help: "Only runs of this experiment." },
  "order-by": {
    value: "COLUMN",
    multiple: true,
    help: 'Such as "metrics.accuracy DESC"; newest first by default.',
  },
  deleted: { help: "Deleted runs instead of the others." },
};

const pagingOptions: Record<string, Option> = {
  limit: { value: "N", help: `How many runs at most; ${DEFAULT_LIMIT} by default.` },
  "page-token": { value: "TOKEN", help: "Go on where an earlier answer ended (its nextPageToken)." },
};

export interface RunPage {
  runs: RunDocument[];
  nextPageToken: string | null;
}

/** One page of runs as the options ask for. */
export async function searchPage(
  client: EngineClient,
  { args }: CommandContext,
  query: { filter?: string | undefined; maxResults: number; pageToken?: string | undefined },
): Promise<RunPage> {
  const view: ViewType = args.has("deleted") ? "DELETED_ONLY" : "ACTIVE_ONLY";
  const { filter, pageToken } = query;
  const page = await client.request("runSearch", {
    experimentIds: await experimentIds(client, args.texts("experiment")),
    orderBy: args.texts("order-by"),
    maxResults: query.maxResults,
    view,
    ...(filter === undefined ? {} : { filter }),
    ...(pageToken === undefined ? {} : { pageToken }),
  });
  const names = await experimentNames(client);
  return {
    runs: page.items.map((run) => runDocument(run, names)),
    nextPageToken: page.nextPageToken ?? null,
  };
}

/** Runs as a table: what all have, then the first few metrics. */
export function showRuns(runs: readonly RunDocument[], output: Output): void {
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))]
    .sort()
    .slice(0, SHOWN_METRICS);
  const columns: Column[] = [
    { title: "ID" },
    { title: "NAME", max: 32 },
    { title: "EXPERIMENT", max: 24 },
    { title: "STATUS" },
    { title: "STARTED" },
    { title: "TOOK", align: "right" },
    ...metrics.map((title): Column => ({ title, align: "right", max: 24 })),
  ];
  const rows = runs.map((run) => [
    run.id.slice(0, 8),
    run.name,
    run.experiment,
    run.status,
    formatTime(run.startTime),
    formatDuration((run.endTime ?? Date.now()) - run.startTime),
    ...metrics.map((name) => {
      const metric = run.metrics[name];
      return metric === undefined ? "" : formatNumber(metric.value);
    }),
  ]);
  output.line(formatTable(columns, rows, output.bold));
}

async function search(context: CommandContext): ReturnType<Command["run"]> {
  const { args, output, project } = context;
  const query = {
    filter: args.positionals[0],
    maxResults: args.count("limit") ?? DEFAULT_LIMIT,
    pageToken: args.text("page-token"),
  };
  const page: RunPage = hasRecords(project)
    ? await withProject(context, (client) => searchPage(client, context, query))
    : { runs: [], nextPageToken: null };
  output.document(page);
  if (context.json) return EXIT.done;
  if (page.runs.length === 0) output.line("No runs.");
  else showRuns(page.runs, output);
  if (page.nextPageToken !== null) output.note(`There are more: --page-token ${page.nextPageToken}`);
  return EXIT.done;
}

export const listCommand: Command = {
  name: "runs list",
  summary: "List runs, newest first.",
  usage: "[--experiment NAME]… [--limit N]",
  positionals: { min: 0, max: 0 },
  options: { ...searchOptions, ...pagingOptions },
  run: search,
};

export const searchCommand: Command = {
  name: "runs search",
  summary: "Find runs by MLflow's filter language.",
  usage: 'FILTER [--order-by "metrics.acc DESC"]… [--experiment NAME]… [--limit N]',
  positionals: { min: 1, max: 1 },
  options: { ...searchOptions, ...pagingOptions },
  details: `Such as: cairn runs search "metrics.val_accuracy > 0.95 AND params.lr = '0.1'"`,
  run: search,
};
