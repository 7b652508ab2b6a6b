import { CairnError } from "../../shared/errors.js";

export type Platform = "posix" | "windows";

/** How to run one command line through the platform's shell, without a login or start-up file. */
export function shellCommand(line: string, platform: Platform): { argv: string[]; verbatim: boolean } {
  return platform === "windows"
    ? { argv: ["cmd.exe", "/d", "/s", "/c", `"${line}"`], verbatim: true }
    : { argv: ["/bin/sh", "-c", line], verbatim: false };
}

/** The same for several lines, each for a shell of its own; what follows a failure is not run. */
export function shellCommands(
  lines: readonly string[],
  platform: Platform,
  shell = "/bin/sh",
): { argv: string[]; verbatim: boolean } {
  if (platform === "windows") {
    const line = lines.length === 1 ? (lines[0] ?? "") : lines.map((each) => `(${each})`).join(" && ");
    return shellCommand(line, platform);
  }
  const plainly: Record<string, string[]> = { zsh: ["--no-rcs"], bash: ["--noprofile", "--norc"] };
  const start = [shell, ...(plainly[shell.split("/").at(-1) ?? ""] ?? []), "-c"];
  if (lines.length === 1) return { argv: [...start, lines[0] ?? ""], verbatim: false };
  const each = `for line in "$@"; do ${displayCommand(start)} "$line" || exit $?; done`;
  return { argv: ["/bin/sh", "-c", each, "sh", ...lines], verbatim: false };
}

type Quote = "none" | "single" | "double";

const plain = /^[\w@%+=:,./-]+$/;

/** `value` as it must be written at a place of a POSIX command line with this quoting, to stay one literal text. */
function posixLiteral(value: string, quote: Quote): string {
  if (value.includes("\0")) throw new CairnError("invalid", "A parameter's value holds a NUL character.");
  if (quote === "double") return value.replace(/["$`\\]/g, "\\$&");
  const escaped = value.replaceAll("'", String.raw`'\''`);
  if (quote === "single") return escaped;
  return plain.test(value) ? value : `'${escaped}'`;
}

/** cmd.exe has no quoting that holds for these, so they are refused rather than passed on to be interpreted. */
function windowsLiteral(value: string, quote: Quote): string {
  if (/["%!\r\n\0]/.test(value)) {
    throw new CairnError(
      "invalid",
      `The value ${JSON.stringify(value)} cannot be passed through cmd.exe safely.`,
      {
        hint: 'Values with any of " % ! or a line break work with `cairn run -- COMMAND`, which uses no shell.',
      },
    );
  }
  const trailing = /\\*$/.exec(value)?.[0] ?? "";
  if (quote !== "none") return value;
  return plain.test(value) ? value : `"${value}${trailing}"`;
}

/**
 * Fills `{name}` in a command template, each value quoted for where it stands, so that it stays one argument and
 * nothing in it is interpreted. `{{` and `}}` are literal braces; `${…}` belongs to the shell.
 */
export function fillTemplate(
  template: string,
  valueOf: (name: string) => string,
  platform: Platform = process.platform === "win32" ? "windows" : "posix",
): string {
  let quote: Quote = "none";
  let result = "";
  for (let i = 0; i < template.length; i++) {
    const char = template.charAt(i);
    const next = template.charAt(i + 1);
    if ((char === "{" || char === "}") && next === char) {
      result += char;
      i++;
      continue;
    }
    const name = char === "{" && template.charAt(i - 1) !== "$" ? placeholderAt(template, i) : undefined;
    if (name !== undefined) {
      result +=
        platform === "windows" ? windowsLiteral(valueOf(name), quote) : posixLiteral(valueOf(name), quote);
      i += name.length + 1;
      continue;
    }
    if (platform === "posix" && char === "\\" && quote !== "single") {
      result += char + next;
      i++;
      continue;
    }
    if (char === '"' && quote !== "single") quote = quote === "double" ? "none" : "double";
    if (platform === "posix" && char === "'" && quote !== "double")
      quote = quote === "single" ? "none" : "single";
    result += char;
  }
  return result;
}

function placeholderAt(template: string, index: number): string | undefined {
  return /^\{([A-Za-z_][\w.-]*)\}/.exec(template.slice(index, index + 260))?.[1];
}

/** Names of the placeholders of a template, each once. */
export function placeholders(template: string): string[] {
  const names = new Set<string>();
  fillTemplate(
    template,
    (name) => {
      names.add(name);
      return "";
    },
    "posix",
  );
  return [...names];
}

/** An argument list as one could type it: for people to read and copy. */
export function displayCommand(argv: readonly string[]): string {
  return argv.map((part) => (part === "" ? "''" : posixLiteral(part, "none"))).join(" ");
}
