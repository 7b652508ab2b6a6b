import { realTarget } from "../../../core/data/index.js";
import { formatBytes } from "../../../shared/bytes.js";
import type { DataAddResult } from "../../../shared/data/api.js";
import { EXIT, type Command } from "../../command.js";
import type { Output } from "../../output.js";
import { runJob } from "../../runJob.js";
import { UsageError } from "../../usageError.js";

function show(added: DataAddResult, output: Output): void {
  const { path, version, size, files, newBytes, packed, recipe, baselineBytes, unchanged, warnings, wrote } =
    added;
  for (const warning of warnings) output.note(`cairn: ${warning}`);
  const what = files === null ? formatBytes(size) : `${files} files, ${formatBytes(size)}`;
  output.line(`${path}: ${unchanged ? "unchanged, still version" : "version"} ${version ?? ""} (${what})`);
  if (!unchanged && !packed) output.line(`${formatBytes(newBytes)} new; to be packed when an engine runs.`);
  if (!unchanged && packed && recipe !== null && baselineBytes !== null)
    output.line(`${formatBytes(newBytes)} new (${recipe}; zstd alone: ${formatBytes(baselineBytes)}).`);
  if (wrote.length > 0)
    output.line(`Wrote ${wrote.join(" and ")}: commit ${wrote.length === 1 ? "it" : "them"} to Git.`);
}

export const addCommand: Command = {
  name: "data add",
  summary: "Record a version of a file or folder, with the pointer that DVC uses.",
  usage: "PATH [-m TEXT] [--wait]",
  positionals: { min: 1, max: 1 },
  options: {
    message: { short: "m", value: "TEXT", help: "What this version is." },
    wait: { help: "Make the stored content small at once, not later in the background." },
    "dvc-cache": {
      help: "Put it into DVC's cache too, from now on, so that `dvc checkout` and `dvc push` find it.",
    },
    "no-dvc-cache": { help: "No more of that." },
  },
  details:
    "Writes PATH.dvc and a line in .gitignore as `dvc add` does. The content is stored once in .cairn/store, and of " +
    "later versions only what has changed.",
  async run(context) {
    const { args, output } = context;
    if (args.has("dvc-cache") && args.has("no-dvc-cache"))
      throw new UsageError("--dvc-cache and --no-dvc-cache exclude each other.");
    const chosen = args.has("dvc-cache") ? true : args.has("no-dvc-cache") ? false : undefined;
    const added = await runJob(context, "dataAdd", {
      path: realTarget(process.cwd(), args.positionals[0] ?? ""),
      message: args.text("message") ?? "",
      ...(chosen === undefined ? {} : { dvcCache: chosen }),
      wait: args.has("wait"),
    });
    output.document(added);
    if (!context.json) show(added, output);
    return EXIT.done;
  },
};
