import type { Logger } from "../core/logger.js";
import type { Output } from "./output.js";

export const EXIT = { done: 0, failed: 1, usage: 2, gate: 3, unknown: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Option {
  /** What the value is called in the help; an option without one is a switch. */
  value?: string;
  short?: string;
  multiple?: boolean;
  help: string;
}

export interface Arguments {
  /** Value of an option that is given once. */
  text(name: string): string | undefined;
  texts(name: string): string[];
  has(name: string): boolean;
  /** A whole number of at least 1. */
  count(name: string): number | undefined;
  positionals: string[];
  /** What stands behind `--`; undefined without one. */
  rest: string[] | undefined;
}

export interface CommandContext {
  args: Arguments;
  /** Absolute path of the project folder. */
  project: string;
  /** The project was named with --project. */
  isProjectGiven: boolean;
  json: boolean;
  output: Output;
  logger: Logger;
  /** Aborted by the first Ctrl-C, for commands that do not look after it themselves. */
  signal: AbortSignal;
}

export interface Command {
  /** One or two words: `runs list`. */
  name: string;
  summary: string;
  /** Behind the name in the usage line. */
  usage: string;
  /** How many positional arguments there may be. */
  positionals: { min: number; max: number };
  options?: Record<string, Option>;
  details?: string;
  run: (context: CommandContext) => Promise<ExitCode>;
}
