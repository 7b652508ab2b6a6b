import type { Alert } from "../../shared/alerts.js";
import { EXIT, type Command } from "../command.js";
import { formatTable } from "../output.js";
import { hasRecords, withProject, withRuns } from "../project.js";
import { formatTime } from "../runDocument.js";
import { UsageError } from "../usageError.js";

const DEFAULT_LIMIT = 100;

interface Listed {
  alerts: Alert[];
  unacknowledged: number;
}

const list: Command = {
  name: "alerts list",
  summary: "List what Cairn has to tell of runs and nobody has seen yet, newest first.",
  usage: "[--all] [--limit N]",
  positionals: { min: 0, max: 0 },
  options: {
    all: { help: "Also those that were acknowledged." },
    limit: { value: "N", help: `How many at most; ${DEFAULT_LIMIT} by default.` },
  },
  async run(context) {
    const { args, output, project, json } = context;
    const query = {
      limit: Math.min(args.count("limit") ?? DEFAULT_LIMIT, 10_000),
      ...(args.has("all") ? {} : { acknowledged: false }),
    };
    const found: Listed = hasRecords(project)
      ? await withProject(context, (client) => client.request("alerts", query))
      : { alerts: [], unacknowledged: 0 };
    output.document(found);
    if (json) return EXIT.done;
    if (found.alerts.length === 0) output.line("No alerts.");
    else showAlerts(found.alerts, output);
    return EXIT.done;
  },
};

function showAlerts(alerts: readonly Alert[], output: Parameters<Command["run"]>[0]["output"]): void {
  const columns = [
    { title: "ID", align: "right" as const },
    { title: "TIME" },
    { title: "RUN" },
    { title: "NAME", max: 32 },
    { title: "KIND" },
    { title: "MESSAGE", max: 100 },
  ];
  const rows = alerts.map(({ id, time, runId, runName, kind, message, acknowledged }) => [
    ...[`${id}${acknowledged ? " ✓" : ""}`, formatTime(time), runId.slice(0, 8), runName, kind, message],
  ]);
  output.line(formatTable(columns, rows, output.bold));
}

const acknowledge: Command = {
  name: "alerts ack",
  summary: "Mark alerts as seen.",
  usage: "ID…|--all",
  positionals: { min: 0, max: 10_000 },
  options: { all: { help: "All of them." } },
  async run(context) {
    const { args, output } = context;
    const ids = args.positionals.map(alertId);
    if (args.has("all") === ids.length > 0)
      throw new UsageError(
        "Name the alerts, or all of them with --all.",
        "cairn alerts list tells their ids.",
      );
    const result = await withRuns(context, (client) =>
      client.request("alertAcknowledge", args.has("all") ? {} : { ids }),
    );
    output.line(`Acknowledged ${result.acknowledged} alert${result.acknowledged === 1 ? "" : "s"}.`);
    output.document(result);
    return EXIT.done;
  },
};

function alertId(text: string): number {
  const id = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id) || id < 1)
    throw new UsageError(`"${text}" is not the id of an alert.`, "cairn alerts list tells them.");
  return id;
}

export const alertCommands: Command[] = [list, acknowledge];
