import { logData, realTarget } from "../../../core/data/index.js";
import { formatBytes } from "../../../shared/bytes.js";
import type { DataSetSummary, DataVersion } from "../../../shared/data/api.js";
import { EXIT, type Command } from "../../command.js";
import { type Column, formatTable } from "../../output.js";
import { hasData } from "../../project.js";
import { runJob } from "../../runJob.js";
import { lookAtUnrecorded } from "./lookAtData.js";

const time = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
const number = (value: number | null): string => (value === null ? "-" : value.toLocaleString("en-US"));

const listColumns: Column[] = [
  { title: "dataset" },
  { title: "version", align: "right" },
  { title: "size", align: "right" },
  { title: "files", align: "right" },
  { title: "rows", align: "right" },
  { title: "stored", align: "right" },
  { title: "time" },
  { title: "message", max: 40 },
];

export const listCommand: Command = {
  name: "data list",
  summary: "List the datasets with their newest version.",
  usage: "",
  positionals: { min: 0, max: 0 },
  async run(context) {
    const { output } = context;
    const none: { datasets: DataSetSummary[] } = { datasets: [] };
    const { datasets } = hasData(context.project) ? await runJob(context, "dataList", {}) : none;
    output.document({ datasets });
    if (context.json) return EXIT.done;
    if (datasets.length === 0) output.line("No dataset has a version yet. cairn data add PATH records one.");
    else {
      const rows = datasets.map((each) => [
        ...[each.path, String(each.version), formatBytes(each.size), number(each.files), number(each.rows)],
        ...[formatBytes(each.storedBytes), time(each.time), each.message],
      ]);
      output.line(formatTable(listColumns, rows, output.bold));
    }
    return EXIT.done;
  },
};

const logColumns: Column[] = [
  { title: "version", align: "right" },
  { title: "md5", max: 12 },
  { title: "size", align: "right" },
  { title: "rows", align: "right" },
  { title: "new", align: "right" },
  { title: "recipe" },
  { title: "zstd alone", align: "right" },
  { title: "others", max: 48 },
  { title: "time" },
  { title: "author", max: 24 },
  { title: "commit" },
  { title: "runs", align: "right" },
  { title: "message", max: 40 },
];

function others({ alternatives }: DataVersion): string {
  const all = alternatives
    .filter(({ recipe }) => recipe !== "zstd")
    .map(({ recipe, bytes, isMore }) => `${recipe} ${isMore ? "> " : ""}${formatBytes(bytes)}`);
  return all.length === 0 ? "-" : all.join(", ");
}

function logRow(version: DataVersion): string[] {
  const { md5, size, rows, newBytes, recipe, baselineBytes, packed, author, message, commits } = version;
  const known = version.version === null ? "-" : String(version.version);
  return [
    ...[version.stored ? known : `${known} (not here)`, md5.slice(0, 10), formatBytes(size), number(rows)],
    ...[version.version === null ? "-" : formatBytes(newBytes), packed ? (recipe ?? "-") : "to be packed"],
    ...[baselineBytes === null || recipe === null ? "-" : formatBytes(baselineBytes), others(version)],
    ...[time(version.time), author.replace(/ <.*/, ""), commits[0]?.commit.slice(0, 8) ?? "-"],
    ...[version.runs.length === 0 ? "-" : number(version.runs.length), message],
  ];
}

export const logCommand: Command = {
  name: "data log",
  summary: "Show the versions of a dataset, what each added to the store, and the commits that name it.",
  usage: "PATH",
  positionals: { min: 1, max: 1 },
  details:
    "`recipe` is how what is new is stored: as it is (raw), by itself (zstd, columns of a table, planes of numbers), or " +
    "made of an older version by lines, cells of a table, pages of Parquet, tensors or bytes; beside it what zstd alone would need, and " +
    "what the others that were tried would (> where they were given up).",
  async run(context) {
    const { args, output } = context;
    const path = realTarget(process.cwd(), args.positionals[0] ?? "");
    const { versions } = hasData(context.project)
      ? await runJob(context, "dataLog", { path })
      : await lookAtUnrecorded(context, async (data) => ({ versions: await logData(data, path) }));
    output.document({ path: versions[0]?.path ?? path, versions });
    if (!context.json) output.line(formatTable(logColumns, versions.map(logRow), output.bold));
    return EXIT.done;
  },
};
