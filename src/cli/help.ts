import type { Command, Option } from "./command.js";
import { commonOptions } from "./parseArguments.js";

function optionLines(options: Record<string, Option>): string[] {
  const rows = Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    const value = option.value === undefined ? "" : ` ${option.value}`;
    return [`  ${short}--${name}${value}${option.multiple === true ? " …" : ""}`, option.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, help]) => `${left.padEnd(width)}  ${help}`);
}

export function commandHelp(command: Command): string {
  return [
    `cairn ${command.name} ${command.usage}`.trimEnd(),
    "",
    command.summary,
    ...(command.details === undefined ? [] : ["", command.details]),
    "",
    "Options:",
    ...optionLines({ ...command.options, ...commonOptions }),
  ].join("\n");
}

export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map(
    (command) => [`  ${command.name} ${command.usage}`.trimEnd(), command.summary] as const,
  );
  return [
    "cairn COMMAND [OPTION…]: track training runs in the project's folder.",
    "",
    ...rows.flatMap(([left, summary]) => [left, `      ${summary}`]),
    "",
    "Every command takes --project DIR, --json and --help.",
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a gate is not met, 4 cannot tell.",
  ].join("\n");
}
