import path from "node:path";
import { pathMatcher } from "./globs.js";
import { readOptional } from "./ignores.js";

/** Set is true, unset (`-text`) is false, `eol=crlf` its value. */
export type AttributeValues = Record<string, string | boolean>;

interface Rule {
  matches: (path: string) => boolean;
  values: [string, string | boolean | undefined][];
}

function parseValue(word: string): [string, string | boolean | undefined][] {
  if (word === "binary") return (["diff", "merge", "text"] as const).map((name) => [name, false]);
  if (word.startsWith("-")) return [[word.slice(1), false]];
  if (word.startsWith("!")) return [[word.slice(1), undefined]];
  const end = word.indexOf("=");
  return [end < 0 ? [word, true] : [word.slice(0, end), word.slice(end + 1)]];
}

function parseAttributes(text: string): Rule[] {
  return text.split("\n").flatMap((raw): Rule[] => {
    const line = raw.trim();
    const [, quoted, bare, rest] = /^(?:"((?:\\.|[^"\\])*)"|(\S+))\s+(.*)$/.exec(line) ?? [];
    const pattern = quoted === undefined ? bare : quoted.replace(/\\(["\\])/g, "$1");
    // Git ignores patterns that exclude; a trailing slash matches no file.
    if (pattern === undefined || rest === undefined || /^(#|!|\[attr\])/.test(line)) return [];
    return [{ matches: pathMatcher(pattern), values: rest.split(/\s+/).flatMap(parseValue) }];
  });
}

/** `.gitattributes` of each folder, the deepest has the last word but for `info/attributes`. */
export class Attributes {
  private readonly common: Rule[];
  private readonly ofFolder = new Map<string, Rule[]>();

  constructor(
    private readonly root: string,
    gitFolder: string,
  ) {
    this.common = parseAttributes(readOptional(path.join(gitFolder, "info", "attributes")));
  }

  of(name: string): AttributeValues {
    const found: Record<string, string | boolean | undefined> = {};
    const folders = [""];
    for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) folders.push(name.slice(0, at));
    const take = (rules: readonly Rule[], relative: string): void => {
      for (const { matches, values } of rules) {
        if (matches(relative)) Object.assign(found, Object.fromEntries(values));
      }
    };
    for (const folder of folders) {
      take(this.rulesOf(folder), folder === "" ? name : name.slice(folder.length + 1));
    }
    take(this.common, name);
    const known = Object.entries(found).filter(
      (pair): pair is [string, string | boolean] => pair[1] !== undefined,
    );
    return Object.fromEntries(known);
  }

  private rulesOf(folder: string): Rule[] {
    let rules = this.ofFolder.get(folder);
    if (rules === undefined) {
      rules = parseAttributes(readOptional(path.join(this.root, folder, ".gitattributes")));
      this.ofFolder.set(folder, rules);
    }
    return rules;
  }
}
