import { existsSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import type { LaunchSpec } from "../../shared/protocol.js";
import type { Entry } from "../config/index.js";
import { choosePython, findOnPath } from "./interpreter.js";
import { displayCommand, fillTemplate, placeholders, shellCommand, shellCommands } from "./shell.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What will be started, and what of it is recorded. */
export interface ResolvedCommand {
  argv: string[];
  verbatim: boolean;
  /** Run by a shell, which tells of a signal as exit code 128 + number. */
  shell: boolean;
  cwd: string;
  env: Record<string, string>;
  /** The arguments as a list for the record; one line for a shell command. */
  recorded: string[];
  params: Record<string, string>;
  data: string[];
  experiment?: string;
  entry?: string;
  stage?: string;
  /** mlflow.source.name: the script or the program. */
  source: string;
  sourceType: "LOCAL" | "PROJECT";
}

/**
 * Entries are command lines and run through the platform's shell, their parameters quoted; files and commands are
 * argument lists and never see a shell. Throws CairnError `invalid` or `notFound` for a spec that makes no sense.
 */
export function resolveCommand(
  root: string,
  spec: LaunchSpec,
  entries: readonly Entry[],
  environment: Environment,
): ResolvedCommand {
  if (spec.stage !== undefined) return resolveStage(root, spec, spec.stage, environment);
  const given = [spec.entry, spec.command, spec.file].filter((value) => value !== undefined).length;
  if (given !== 1) throw new CairnError("invalid", "Give exactly one of an entry, a file and a command.");
  if (spec.entry !== undefined) return resolveEntry(root, spec, findEntry(entries, spec.entry), environment);
  const cwd = path.resolve(root, spec.cwd ?? ".");
  const argv =
    spec.file === undefined
      ? [...(spec.command ?? [])]
      : [choosePython(root, environment, spec.python), path.resolve(cwd, spec.file)];
  if (argv[0] === undefined || argv[0] === "") throw new CairnError("invalid", "The command is empty.");
  if (argv.some((part) => part.includes("\0"))) {
    throw new CairnError("invalid", "The command holds a NUL character.");
  }
  const script = spec.file === undefined ? argv.find((part) => part.endsWith(".py")) : argv[1];
  return {
    argv: withPython(argv, environment),
    verbatim: false,
    shell: false,
    cwd,
    env: {},
    recorded: argv,
    params: spec.params ?? {},
    data: spec.data ?? [],
    ...(spec.experiment === undefined ? {} : { experiment: spec.experiment }),
    source: relativeInside(root, script ?? argv[0]),
    sourceType: "LOCAL",
  };
}

/** `python` where only python3 is installed. */
function withPython(argv: string[], environment: Environment): string[] {
  if (argv[0] !== "python" || findOnPath("python", environment) !== undefined) return argv;
  return [findOnPath("python3", environment) ?? "python", ...argv.slice(1)];
}

function relativeInside(root: string, file: string): string {
  const relative = path.isAbsolute(file) ? path.relative(root, file) : file;
  return relative.startsWith("..") || relative === "" ? file : relative;
}

function findEntry(entries: readonly Entry[], name: string): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = entries.map((entry) => entry.name);
  throw new CairnError("notFound", `There is no entry "${name}".`, {
    hint:
      names.length === 0
        ? "Name one under `entries:` in cairn.yaml, or run a command with `cairn run -- COMMAND`."
        : `Entries: ${names.join(", ")}.`,
  });
}

function resolveEntry(
  root: string,
  spec: LaunchSpec,
  entry: Entry,
  environment: Environment,
): ResolvedCommand {
  const given = spec.params ?? {};
  const names = new Set([...Object.keys(entry.params), ...placeholders(entry.command)]);
  const extra = Object.keys(given).filter((name) => !names.has(name));
  if (extra.length > 0 && entry.extraParams === "refuse") {
    throw new CairnError("invalid", `The entry ${entry.name} has no parameter ${extra.join(", ")}.`, {
      hint: names.size === 0 ? "It has none." : `It has: ${[...names].join(", ")}.`,
    });
  }
  const params: Record<string, string> = {};
  for (const name of names) {
    const value = Object.hasOwn(given, name) ? given[name] : entry.params[name];
    if (value === undefined || value === null) {
      throw new CairnError("invalid", `The entry ${entry.name} needs the parameter ${name}.`, {
        hint: `Give it with -P ${name}=VALUE.`,
      });
    }
    checkType(entry, name, value);
    params[name] = value;
  }
  let line = fillTemplate(entry.command, (name) => params[name] ?? "");
  for (const name of extra) {
    params[name] = given[name] ?? "";
    line += fillTemplate(" --{name} {value}", (part) => (part === "name" ? name : (params[name] ?? "")));
  }
  const { argv, verbatim } = shellCommand(pythonLine(line, environment), platform());
  return {
    argv,
    verbatim,
    shell: true,
    cwd: path.resolve(root, spec.cwd ?? entry.cwd ?? "."),
    env: entry.env ?? {},
    recorded: [line],
    params,
    data: [...entry.data, ...(spec.data ?? [])],
    ...experimentOf(spec.experiment ?? entry.experiment),
    entry: entry.name,
    source: /[^\s'"]+\.py\b/.exec(line)?.[0] ?? entry.name,
    sourceType: "PROJECT",
  };
}

/** Its lines run as DVC runs them: each by the user's own shell, the next only after the one before has succeeded. */
function resolveStage(
  root: string,
  spec: LaunchSpec,
  { name, commands }: NonNullable<LaunchSpec["stage"]>,
  environment: Environment,
): ResolvedCommand {
  const lines = commands.map((line) => pythonLine(line, environment));
  const line = commands.join("\n");
  const { SHELL } = environment;
  const shell = SHELL !== undefined && existsSync(SHELL) ? SHELL : "/bin/sh";
  return {
    ...shellCommands(lines, platform(), shell),
    shell: true,
    cwd: path.resolve(root, spec.cwd ?? "."),
    env: {},
    recorded: [line],
    params: spec.params ?? {},
    data: spec.data ?? [],
    ...experimentOf(spec.experiment),
    stage: name,
    source: /[^\s'"]+\.py\b/.exec(line)?.[0] ?? name,
    sourceType: "PROJECT",
  };
}

function experimentOf(experiment: string | undefined): { experiment?: string } {
  return experiment === undefined ? {} : { experiment };
}

const platform = (): "windows" | "posix" => (process.platform === "win32" ? "windows" : "posix");

function pythonLine(line: string, environment: Environment): string {
  if (!/^python\s/.test(line) || findOnPath("python", environment) !== undefined) return line;
  const python3 = findOnPath("python3", environment);
  return python3 === undefined ? line : displayCommand([python3]) + line.slice("python".length);
}

function checkType(entry: Entry, name: string, value: string): void {
  if (entry.types[name] === "float" && (value.trim() === "" || Number.isNaN(Number(value)))) {
    throw new CairnError(
      "invalid",
      `The parameter ${name} of ${entry.name} must be a number, not "${value}".`,
    );
  }
}
