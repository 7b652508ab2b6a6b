import { toErrorShape } from "../shared/errors.js";
import { VERSION } from "../shared/version.js";
import { EXIT, type Command, type ExitCode } from "./command.js";
import { commands } from "./commands/index.js";
import { findProject } from "./findProject.js";
import { commandHelp, generalHelp } from "./help.js";
import { createCliLogger } from "./logger.js";
import { createOutput } from "./output.js";
import { parseArguments } from "./parseArguments.js";
import { UsageError } from "./usageError.js";

async function main(argv: readonly string[]): Promise<ExitCode> {
  const [first, second, third] = argv;
  if (first === "--version" || first === "-v") {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    process.stdout.write(`${generalHelp(commands)}\n`);
    return first === undefined ? EXIT.usage : EXIT.done;
  }
  const command =
    commands.find(({ name }) => name === `${first} ${second ?? ""} ${third ?? ""}`) ??
    commands.find(({ name }) => name === `${first} ${second ?? ""}`) ??
    commands.find(({ name }) => name === first);
  if (command === undefined) return unknownCommand(first, second, third);
  return runCommand(command, argv.slice(command.name.split(" ").length));
}

function unknownCommand(first: string, second: string | undefined, third?: string): ExitCode {
  const wider = `${first} ${second ?? ""} `;
  if (commands.some(({ name }) => name.startsWith(wider))) return unknownCommand(wider.trim(), third);
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0) throw new UsageError(`There is no command "${first}".`, "cairn --help lists all.");
  if (second === "--help" || second === "-h") {
    process.stdout.write(`${generalHelp(group)}\n`);
    return EXIT.done;
  }
  const names = group.map(({ name }) => name.slice(first.length + 1)).join(", ");
  throw new UsageError(
    second === undefined || second.startsWith("-")
      ? `cairn ${first} needs a command.`
      : `There is no command "${first} ${second}".`,
    `One of: ${names}.`,
  );
}

async function runCommand(command: Command, argv: readonly string[]): Promise<ExitCode> {
  const args = parseArguments(command, argv);
  if (args.has("help")) {
    process.stdout.write(`${commandHelp(command)}\n`);
    return EXIT.done;
  }
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  process.once("SIGTERM", () => interrupt.abort());
  const json = args.has("json");
  return command.run({
    args,
    project: findProject(args.text("project"), process.cwd()),
    isProjectGiven: args.text("project") !== undefined,
    json,
    output: createOutput(json),
    logger: createCliLogger(),
    signal: interrupt.signal,
  });
}

function report(error: unknown, json: boolean): ExitCode {
  const shape = toErrorShape(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: shape }, undefined, 2)}\n`);
  else process.stderr.write(`cairn: ${shape.message}\n${shape.hint === undefined ? "" : `${shape.hint}\n`}`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** A reader such as `head` that has seen enough is no failure. */
function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(process.exitCode ?? EXIT.done);
      throw error;
    });
  }
}

const argv = process.argv.slice(2);
endOnClosedPipe();
main(argv)
  .catch((error: unknown) => {
    const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
    return report(error, own.includes("--json"));
  })
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = EXIT.failed;
  });
