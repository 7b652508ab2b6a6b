import { realTarget } from "../../../core/data/index.js";
import { formatBytes } from "../../../shared/bytes.js";
import type { DataPullResult, DataPushResult } from "../../../shared/data/remotes.js";
import type { JobParams } from "../../../shared/jobs.js";
import { EXIT, type Command, type CommandContext, type Option } from "../../command.js";
import type { Output } from "../../output.js";
import { runJob } from "../../runJob.js";

const options: Record<string, Option> = {
  remote: { short: "r", value: "NAME", help: "Another than the default remote." },
  "all-branches": { help: "Also what the pointers of all branches refer to." },
  "all-tags": { help: "Also those of all tags." },
  "all-commits": { help: "Also those of every commit." },
};

function paramsOf({ args }: CommandContext): JobParams<"dataPush"> {
  const remote = args.text("remote");
  return {
    paths: args.positionals.map((path) => realTarget(process.cwd(), path)),
    ...(remote === undefined ? {} : { remote }),
    ...{
      branches: args.has("all-branches"),
      tags: args.has("all-tags"),
      commits: args.has("all-commits"),
    },
  };
}

const objects = (count: number): string => `${count} ${count === 1 ? "object" : "objects"}`;

function tellSkipped({ skipped }: Pick<DataPushResult, "skipped">, output: Output): void {
  for (const { path, reason } of skipped) output.note(`cairn: ${path} is left out: ${reason}.`);
}

export const pushCommand: Command = {
  name: "data push",
  summary: "Send the content of datasets to a remote, from where DVC can pull it too.",
  usage: "[PATH…] [-r NAME] [--all-branches] [--all-tags] [--all-commits]",
  positionals: { min: 0, max: 1000 },
  options,
  details:
    "What the pointers of the work tree refer to, of all datasets without PATH. What the remote has is not sent again; " +
    "a push that was cut off goes on where it was.",
  async run(context) {
    const result = await runJob(context, "dataPush", paramsOf(context));
    const { output } = context;
    output.document(result);
    tellSkipped(result, output);
    const { remote, url, sent, sentBytes, present } = result;
    const there = present === 0 ? "" : `; ${objects(present)} were there`;
    output.line(`${remote} (${url}): ${objects(sent)} sent, ${formatBytes(sentBytes)}${there}.`);
    return EXIT.done;
  },
};

function showPull(result: DataPullResult, output: Output): void {
  const { remote, url, fetched, fetchedBytes, datasets } = result;
  if (remote !== null)
    output.line(`${remote} (${url ?? ""}): ${objects(fetched)} fetched, ${formatBytes(fetchedBytes)}.`);
  else output.line("All content is on this machine.");
  for (const { path, state, reason } of datasets) {
    if (state === "checkedOut") output.line(`${path}: checked out`);
    if (state === "kept") output.note(`cairn: ${path} stays as it is. ${reason ?? ""}`);
  }
}

export const pullCommand: Command = {
  name: "data pull",
  summary: "Fetch the content of datasets from a remote, also what `dvc push` sent, and check it out.",
  usage: "[PATH…] [-r NAME] [--all-branches] [--all-tags] [--all-commits]",
  positionals: { min: 0, max: 1000 },
  options,
  details:
    "Each object is verified as it comes. A file that was changed here and is stored nowhere stays as it is.",
  async run(context) {
    const result = await runJob(context, "dataPull", paramsOf(context));
    context.output.document(result);
    tellSkipped(result, context.output);
    showPull(result, context.output);
    return EXIT.done;
  },
};
