import { formatDuration } from "../shared/duration.js";
import { TAG } from "../shared/tracking.js";
import { formatTable, type Output } from "./output.js";
import { codeFacts } from "./showCode.js";
import { formatNumber, formatTime, type RunDocument } from "./runDocument.js";

function ending(run: RunDocument): string {
  const reason = run.tags[TAG.endReason];
  const code = run.exitCode === null || run.exitCode === 0 ? undefined : `exit code ${run.exitCode}`;
  const details = [reason, code].filter((part) => part !== undefined).join(", ");
  return details === "" ? run.status : `${run.status} (${details})`;
}

/** A run for people. */
export function showRun(run: RunDocument, output: Output): void {
  const took = formatDuration((run.endTime ?? Date.now()) - run.startTime);
  const facts: [string, string | undefined][] = [
    ["run", `${run.name}  ${run.id}`],
    ["experiment", run.experiment],
    ["status", ending(run)],
    ["started", `${formatTime(run.startTime)}, ${run.endTime === null ? "running for" : "took"} ${took}`],
    ["command", run.tags[TAG.command]],
    ["note", run.tags[TAG.note]],
    ...codeFacts(run),
    ...run.data.map(({ path, version, md5, context }): [string, string] => [
      "read",
      `${path}${version === null ? "" : `@${version}`} (${context === null ? "" : `${context}, `}md5 ${md5.slice(0, 8)})`,
    ]),
    ...run.models.map(({ id, made, step }): [string, string] => [
      made ? "made" : "read",
      `model ${id}${step === null ? "" : ` at step ${step}`}`,
    ]),
    ["artifacts", run.artifacts?.join(", ") ?? undefined],
    ["left out", run.tags["cairn.redacted"]],
    ["not recorded", run.tags["cairn.notRecorded"]],
  ];
  output.line();
  for (const [name, value] of facts) {
    if (value !== undefined && value !== "") output.line(`${output.bold(name.padEnd(12))}  ${value}`);
  }
  const params = Object.entries(run.params);
  const metrics = Object.entries(run.metrics);
  if (params.length > 0) {
    output.line();
    output.line(formatTable([{ title: "parameter" }, { title: "value" }], params, output.bold));
  }
  if (metrics.length > 0) {
    output.line();
    const columns = [
      { title: "metric" },
      { title: "value", align: "right" as const },
      { title: "step", align: "right" as const },
    ];
    const rows = metrics.map(([name, { value, step }]) => [name, formatNumber(value), String(step)]);
    output.line(formatTable(columns, rows, output.bold));
  }
}
