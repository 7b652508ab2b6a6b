import { projectPaths } from "../../core/project/index.js";
import { connectEngine, type EngineClient } from "../../engine/client/index.js";
import { toErrorShape } from "../../shared/errors.js";
import { exportLines, SHELLS, type Shell } from "../../shared/exportLines.js";
import type { Health } from "../../shared/protocol.js";
import { EXIT, type Command, type CommandContext } from "../command.js";
import type { Output } from "../output.js";
import { UsageError } from "../usageError.js";
import { hasRecords, withProject } from "../project.js";

/** The running engine; undefined where there is none. */
async function connectRunning({ project, signal }: CommandContext): Promise<EngineClient | undefined> {
  try {
    return await connectEngine({ project, kind: "cli", start: "never", signal });
  } catch (error) {
    if (toErrorShape(error).code === "unavailable") return undefined;
    throw error;
  }
}

async function describeEngine(client: EngineClient): Promise<Health["engine"]> {
  return (await client.request("health", {})).engine;
}

const start: Command = {
  name: "engine start",
  summary: "Start the project's background engine, or find the one that runs.",
  usage: "",
  positionals: { min: 0, max: 0 },
  async run({ project, output, signal }) {
    const client = await connectEngine({ project, kind: "cli", start: "ifNeeded", signal });
    try {
      const { pid, version, trackingUri } = await describeEngine(client);
      output.line(`Engine ${version} runs as process ${pid}: ${trackingUri}`);
      output.document({ running: true, pid, version, trackingUri });
      return EXIT.done;
    } finally {
      client.dispose();
    }
  },
};

const stop: Command = {
  name: "engine stop",
  summary: "End the project's engine. Runs go on; the next engine takes in how they ended.",
  usage: "",
  positionals: { min: 0, max: 0 },
  async run(context) {
    const { output, signal } = context;
    const client = await connectRunning(context);
    if (client === undefined) {
      output.line("No engine runs.");
      output.document({ running: false, stopped: false });
      return EXIT.done;
    }
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    const { runs } = await client.request("drain", { reason: "cairn engine stop" }, { signal });
    await closed;
    client.dispose();
    output.line(runs === 0 ? "Stopped." : `Stopped; ${runs} run${runs === 1 ? " goes" : "s go"} on.`);
    output.document({ running: false, stopped: true, runs });
    return EXIT.done;
  },
};

const status: Command = {
  name: "engine status",
  summary: "Tell whether an engine runs for the project.",
  usage: "",
  positionals: { min: 0, max: 0 },
  async run(context) {
    const client = await connectRunning(context);
    if (client === undefined) {
      context.output.line("No engine runs.");
      context.output.document({ running: false });
      return EXIT.done;
    }
    try {
      const { pid, version, trackingUri } = await describeEngine(client);
      context.output.line(`Engine ${version} runs as process ${pid}: ${trackingUri}`);
      context.output.document({ running: true, pid, version, trackingUri });
      return EXIT.done;
    } finally {
      client.dispose();
    }
  },
};

const env: Command = {
  name: "env",
  summary: "Print what another terminal needs to log here; starts the engine.",
  usage: "[--shell sh|fish|powershell|cmd]",
  positionals: { min: 0, max: 0 },
  options: {
    shell: { value: "SHELL", help: `One of ${SHELLS.join(", ")}; this machine's usual one by default.` },
  },
  details: `sh:          eval "$(cairn env)"
fish:        cairn env --shell fish | source
PowerShell:  cairn env --shell powershell | Invoke-Expression

The address stays the same. The engine ends when nothing has used it for a while: run this again before the next script.`,
  async run({ args, project, output, signal }) {
    const shell = shellOf(args.text("shell"));
    const client = await connectEngine({ project, kind: "cli", start: "ifNeeded", signal });
    try {
      const environment = await client.request("environment", {});
      for (const line of exportLines(environment, shell)) output.line(line);
      output.document({ environment });
      return EXIT.done;
    } finally {
      client.dispose();
    }
  },
};

function shellOf(given: string | undefined): Shell {
  if (given === undefined) return process.platform === "win32" ? "powershell" : "sh";
  const shell = SHELLS.find((each) => each === given);
  if (shell === undefined)
    throw new UsageError(`"${given}" is not a known shell.`, `One of: ${SHELLS.join(", ")}.`);
  return shell;
}

const health: Command = {
  name: "health",
  summary: "Show what the engine and the database are doing, and what is wrong with them.",
  usage: "",
  positionals: { min: 0, max: 0 },
  async run(context) {
    const { output, project } = context;
    if (!hasRecords(project)) {
      const { root } = projectPaths(project);
      output.line(`Nothing has been recorded in ${root} yet.`);
      output.document({ project: root, recorded: false, problems: [] });
      return EXIT.done;
    }
    const found = await withProject(context, (client) => client.request("health", {}));
    showHealth(found, output);
    output.document({ recorded: true, ...found });
    return found.problems.some(({ severity }) => severity === "error") ? EXIT.failed : EXIT.done;
  },
};

function showHealth({ project, engine, database, counts, problems }: Health, output: Output): void {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const facts: [string, string][] = [
    ["project", project],
    [
      "engine",
      `${engine.version}, process ${engine.pid}, ${engine.runtime} ${engine.node}, ${megabytes(engine.memory)}`,
    ],
    ["tracking", engine.trackingUri],
    [
      "database",
      `${database.path}, ${megabytes(database.bytes)}, schema ${database.schemaVersion}, ${database.journal}`,
    ],
    [
      "recorded",
      `${counts.experiments} experiments, ${counts.runs} runs (${counts.activeRuns} running), ${counts.metricPoints} points`,
    ],
  ];
  for (const [name, value] of facts) output.line(`${output.bold(name.padEnd(9))} ${value}`);
  for (const { severity, message, hint } of problems) {
    output.line(`${severity}: ${message}${hint === undefined ? "" : ` ${hint}`}`);
  }
}

export const engineCommands: Command[] = [health, env, start, stop, status];
