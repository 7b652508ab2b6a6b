import os from "node:os";
import path from "node:path";
import { type GitConfig, lastValue } from "../git/gitConfig.js";
import { readOptional } from "./ignores.js";
import type { GitFolder } from "./gitFolder.js";

const escapes: Record<string, string> = { n: "\n", t: "\t", b: "\b", '"': '"', "\\": "\\" };

/** Adds what a configuration file says: `section.key` or `section.name.key`, the first and last part in lower case. */
export function parseConfigFile(text: string, into: Map<string, string[]>): void {
  let section = "";
  // A backslash at its end joins a line with the next.
  for (const raw of text.replace(/\\\r?\n/g, "").split(/\r?\n/)) {
    const [, name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:\\.|[^"\\])*)")?\s*\]/.exec(raw) ?? [];
    if (name !== undefined) {
      section =
        sub === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${sub.replace(/\\(.)/g, "$1")}`;
    }
    const rest = raw.replace(/^\s*\[[^\]]*\]/, "");
    const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(rest) ?? [];
    if (key === undefined || section === "") continue;
    const full = `${section}.${key.toLowerCase()}`;
    const values = into.get(full);
    const parsed = value === undefined ? "true" : parseValue(value);
    if (values) values.push(parsed);
    else into.set(full, [parsed]);
  }
}

/** Without the comment behind it, the quotes, and blanks that are not in quotes. */
function parseValue(text: string): string {
  let value = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "\\") value += escapes[text[++at] ?? ""] ?? "";
    else if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === "#" || char === ";")) break;
    else value += char;
  }
  return value.trim();
}

/** The user's and the repository's configuration; files that these include are not read. */
export function readConfig({ own, common }: GitFolder): GitConfig {
  const home = os.homedir();
  const user = process.env.GIT_CONFIG_GLOBAL;
  const files = [
    ...(user === undefined
      ? [path.join(configHome(), "git", "config"), path.join(home, ".gitconfig")]
      : [user]),
    path.join(common, "config"),
    path.join(own, "config.worktree"),
  ];
  const config = new Map<string, string[]>();
  for (const file of files) parseConfigFile(readOptional(file), config);
  return config;
}

/** What the user wants ignored everywhere. */
export function excludesFile(config: GitConfig): string {
  const set = lastValue(config, "core.excludesfile");
  if (set === undefined) return path.join(configHome(), "git", "ignore");
  return set.startsWith("~/") ? path.join(os.homedir(), set.slice(2)) : set;
}

function configHome(): string {
  const set = process.env.XDG_CONFIG_HOME;
  return set === undefined || set === "" ? path.join(os.homedir(), ".config") : set;
}
