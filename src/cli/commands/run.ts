import { realpathSync } from "node:fs";
import path from "node:path";
import { requireTrust } from "../../core/config/index.js";
import { connectEngine } from "../../engine/client/index.js";
import type { LaunchSpec } from "../../shared/protocol.js";
import { EXIT, type Command, type CommandContext } from "../command.js";
import { followRun } from "../followRun.js";
import { parsePairs } from "../parseArguments.js";
import { fullDocument } from "../project.js";
import { showRun } from "../showRun.js";
import { UsageError } from "../usageError.js";

export const runCommand: Command = {
  name: "run",
  summary: "Run an entry of cairn.yaml or MLproject, or any command, as a tracked run, and follow it.",
  usage: "[ENTRY] [-P name=value]… [--experiment E] [--name N] [--note T] [--data PATH]… [-- COMMAND ARG…]",
  positionals: { min: 0, max: 1 },
  options: {
    param: {
      value: "NAME=VALUE",
      short: "P",
      multiple: true,
      help: "A parameter: the entry's, or recorded with the command.",
    },
    experiment: { value: "NAME", help: "The experiment that the run belongs to; made if there is none." },
    name: { value: "NAME", help: "The run's name; a random one by default." },
    note: { value: "TEXT", help: "A note about the run." },
    data: { value: "PATH", multiple: true, help: "Data that the run reads: its digest is recorded." },
  },
  details: `An entry is a command line of the project's files: it runs through the shell, needs \`cairn trust\` once, and its
parameters are quoted. A COMMAND behind -- is your own and is started as it is, without a shell.
Ctrl-C stops the run with all its processes. The exit code is 0 when the run finished, 1 when it failed or was stopped.`,
  run: runAndFollow,
};

function launchSpec({ args, project, isProjectGiven }: CommandContext): LaunchSpec {
  const [entry] = args.positionals;
  const { rest } = args;
  if ((entry === undefined) === (rest === undefined || rest.length === 0)) {
    throw new UsageError("Give either an entry or a command behind --.", "cairn run --help tells more.");
  }
  const root = realpathSync(project);
  const here = realpathSync(process.cwd());
  const inside = path.relative(root, here);
  const isInside = !inside.startsWith("..") && !path.isAbsolute(inside);
  const cwd = isProjectGiven && !isInside ? root : here;
  const data = args.texts("data").map((name) => {
    // An entry runs at the project's top; what was typed is meant from where it was typed.
    return entry === undefined ? name : path.relative(root, path.resolve(cwd, name)) || ".";
  });
  const optional = (key: "experiment" | "name" | "note"): Partial<LaunchSpec> => {
    const value = args.text(key);
    return value === undefined ? {} : { [key]: value };
  };
  const env = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    ...(entry === undefined ? { command: rest, cwd } : { entry }),
    params: parsePairs("-P", args.texts("param")),
    data,
    ...optional("experiment"),
    ...optional("name"),
    ...optional("note"),
    env: Object.fromEntries(env),
  };
}

async function runAndFollow(context: CommandContext): ReturnType<Command["run"]> {
  const spec = launchSpec(context);
  if (spec.entry !== undefined) await requireTrust(context.project);
  const { project, output, json } = context;
  const connect = () => connectEngine({ project, kind: "cli", start: "ifNeeded" });
  let client = await connect();
  try {
    const { runId, name } = await client.request("runStart", spec);
    output.note(`cairn: run ${name} (${runId}) has started.`);
    client = await followRun(client, connect, runId, context);
    const document = await fullDocument(client, runId);
    output.document(document);
    if (!json) showRun(document, output);
    return document.status === "FINISHED" ? EXIT.done : EXIT.failed;
  } finally {
    client.dispose();
  }
}
