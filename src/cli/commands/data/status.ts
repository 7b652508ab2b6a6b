import { realTarget, statusOfData } from "../../../core/data/index.js";
import { formatBytes } from "../../../shared/bytes.js";
import type { DataStatus, DataStatusReport } from "../../../shared/data/api.js";
import { EXIT, type Command } from "../../command.js";
import type { Output } from "../../output.js";
import { hasData } from "../../project.js";
import { runJob } from "../../runJob.js";
import { lookAtUnrecorded } from "./lookAtData.js";

const MAX_NAMES = 10;
const STATES: Record<DataStatus["state"], string> = {
  unchanged: "unchanged",
  modified: "modified",
  missing: "not checked out",
  noPointer: "has no pointer",
  broken: "broken",
};

function show({ datasets, bytes, unpacked }: DataStatusReport, output: Output): void {
  if (datasets.length === 0) output.line("No dataset here. cairn data add PATH records a first version.");
  for (const dataset of datasets) {
    const version = dataset.version === null ? "" : ` (version ${dataset.version})`;
    const missing = dataset.md5 !== null && !dataset.stored ? ", content not on this machine" : "";
    output.line(`${dataset.path}: ${STATES[dataset.state]}${version}${missing}`);
    if (dataset.problem !== null) output.line(`    ${dataset.problem}`);
    const changes = [
      ...dataset.added.map((name) => `added    ${name}`),
      ...dataset.changed.map((name) => `changed  ${name}`),
      ...dataset.removed.map((name) => `removed  ${name}`),
    ];
    for (const change of changes.slice(0, MAX_NAMES)) output.line(`    ${change}`);
    if (changes.length > MAX_NAMES) output.line(`    and ${changes.length - MAX_NAMES} more`);
  }
  const cache = bytes.dvcCache === null ? "" : `, DVC's cache ${formatBytes(bytes.dvcCache)}`;
  const waiting = unpacked === 0 ? "" : ` (${unpacked} contents to be packed)`;
  output.line(`Data ${formatBytes(bytes.data)}, store ${formatBytes(bytes.store)}${waiting}${cache}.`);
}

export const statusCommand: Command = {
  name: "data status",
  summary: "Tell which datasets differ from what their pointers say, and what space data and store take.",
  usage: "[PATH…]",
  positionals: { min: 0, max: 1000 },
  details:
    "All datasets without PATH, also those of DVC. Only files that look otherwise than before are read.",
  async run(context) {
    const { args, output } = context;
    const paths = args.positionals.map((path) => realTarget(process.cwd(), path));
    const report = hasData(context.project)
      ? await runJob(context, "dataStatus", { paths })
      : await lookAtUnrecorded(context, ({ database, context: data }) => statusOfData(database, data, paths));
    output.document(report);
    if (!context.json) show(report, output);
    return EXIT.done;
  },
};
