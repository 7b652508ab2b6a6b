import { parseArgs, type ParseArgsConfig } from "node:util";
import { toError } from "../shared/errors.js";
import type { Arguments, Command, Option } from "./command.js";
import { UsageError } from "./usageError.js";

/** Known to every command. */
export const commonOptions: Record<string, Option> = {
  project: { value: "DIR", help: "The project folder; the one around the current folder by default." },
  json: { help: "One JSON document on stdout; everything else goes to stderr." },
  help: { short: "h", help: "Show this help." },
};

/** Splits the arguments of a command. Throws UsageError for what it does not know. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const split = argv.indexOf("--");
  const own = split < 0 ? [...argv] : argv.slice(0, split);
  const rest = split < 0 ? undefined : argv.slice(split + 1);
  const options = { ...command.options, ...commonOptions };
  const { values, positionals } = parse(command, own, options);
  const { min, max } = command.positionals;
  if (positionals.length < min || positionals.length > max) {
    throw new UsageError(
      positionals.length < min ? "An argument is missing." : `Unexpected argument: ${positionals[max] ?? ""}`,
      `Usage: cairn ${command.name} ${command.usage}`,
    );
  }
  return toArguments(values, positionals, rest);
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parse(command: Command, args: string[], options: Record<string, Option>) {
  const config: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, { value, short, multiple }] of Object.entries(options)) {
    config[name] = { type: value === undefined ? "boolean" : "string" };
    if (short !== undefined) config[name].short = short;
    if (multiple !== undefined) config[name].multiple = multiple;
  }
  try {
    const parsed = parseArgs({ args, options: config, allowPositionals: true, strict: true });
    const values: Values = parsed.values;
    return { values, positionals: parsed.positionals };
  } catch (error) {
    const message = toError(error).message.split(". ")[0] ?? "";
    throw new UsageError(`${message}.`, `cairn ${command.name} --help tells the options.`);
  }
}

function toArguments(values: Values, positionals: string[], rest: string[] | undefined): Arguments {
  const texts = (name: string): string[] =>
    [values[name] ?? []].flat().filter((value): value is string => typeof value === "string");
  const text = (name: string): string | undefined => texts(name).at(-1);
  return {
    text,
    texts,
    has: (name) => values[name] === true,
    count(name) {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = Number(given);
      if (!/^\d+$/.test(given) || !Number.isSafeInteger(value) || value < 1) {
        throw new UsageError(`--${name} needs a whole number of at least 1, not "${given}".`);
      }
      return value;
    },
    positionals,
    rest,
  };
}

/** `name=value` pairs of -P. */
export function parsePairs(option: string, pairs: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`${option} needs name=value, not "${pair}".`);
    result[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return result;
}
