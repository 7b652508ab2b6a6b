import { addRemote, listRemotes, removeRemote } from "../../../core/data/index.js";
import { EXIT, type Command } from "../../command.js";
import { parsePairs } from "../../parseArguments.js";

const addCommand: Command = {
  name: "data remote add",
  summary: "Name a place that data is pushed to and pulled from, in DVC's configuration.",
  usage: "NAME URL [--default] [--set KEY=VALUE]…",
  positionals: { min: 2, max: 2 },
  options: {
    default: { short: "d", help: "Use it where no remote is named." },
    force: { short: "f", help: "Replace the remote of this name." },
    local: { help: "Write it to .dvc/config.local, which Git does not have." },
    set: {
      value: "KEY=VALUE",
      multiple: true,
      help: "A setting of DVC's, such as endpointurl, profile, region, port, keyfile.",
    },
  },
  details:
    "URL is a folder, s3://bucket/prefix or ssh://user@host/path. Settings that are secret go to .dvc/config.local.",
  async run({ args, output, project }) {
    const [name = "", url = ""] = args.positionals;
    const wrote = await addRemote(project, {
      ...{ name, url, cwd: process.cwd(), options: parsePairs("--set", args.texts("set")) },
      ...{ isDefault: args.has("default"), force: args.has("force"), local: args.has("local") },
    });
    output.document({ remotes: listRemotes(project), wrote });
    output.line(`${name} is ${listRemotes(project).find((remote) => remote.name === name)?.url ?? url}.`);
    output.line(`Wrote ${wrote.join(" and ")}.`);
    return EXIT.done;
  },
};

const listCommand: Command = {
  name: "data remote list",
  summary: "Show the remotes, also those of the user's and the system's configuration of DVC.",
  usage: "",
  positionals: { min: 0, max: 0 },
  run({ output, project }) {
    const remotes = listRemotes(project);
    output.document({ remotes });
    if (remotes.length === 0) output.line("No remote. cairn data remote add NAME URL --default names one.");
    for (const { name, url, isDefault } of remotes)
      output.line(`${name}  ${url}${isDefault ? "  (default)" : ""}`);
    return Promise.resolve(EXIT.done);
  },
};

const removeCommand: Command = {
  name: "data remote remove",
  summary: "Take a remote out of the project's configuration of DVC; what lies there stays.",
  usage: "NAME",
  positionals: { min: 1, max: 1 },
  async run({ args, output, project }) {
    const [name = ""] = args.positionals;
    const wrote = await removeRemote(project, name);
    output.document({ remotes: listRemotes(project), wrote });
    output.line(`${name} is no remote any more. Wrote ${wrote.join(" and ")}.`);
    return EXIT.done;
  },
};

export const remoteCommands: Command[] = [addCommand, listCommand, removeCommand];
