import { readFileSync } from "node:fs";
import path from "node:path";
import { pathMatcher } from "./globs.js";

interface Rule {
  matches: (path: string) => boolean;
  isNegated: boolean;
  onlyFolders: boolean;
}

export function parseIgnores(text: string): Rule[] {
  return text.split("\n").flatMap((raw): Rule[] => {
    const line = raw.replace(/\r$/, "").replace(/(?<!\\) +$/, "");
    if (line === "" || line.startsWith("#")) return [];
    const isNegated = line.startsWith("!");
    const body = isNegated ? line.slice(1) : line;
    const onlyFolders = body.endsWith("/");
    const pattern = onlyFolders ? body.slice(0, -1) : body;
    return pattern === "" ? [] : [{ matches: pathMatcher(pattern), isNegated, onlyFolders }];
  });
}

export function readOptional(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** What Git does not look at below a root: `.gitignore` of each folder over `info/exclude` over the user's own. */
export class Ignores {
  private readonly common: Rule[];
  private readonly ofFolder = new Map<string, Rule[]>();

  /** @param files the last one has the last word */
  constructor(
    private readonly root: string,
    files: readonly string[],
  ) {
    this.common = files.flatMap((file) => parseIgnores(readOptional(file)));
  }

  /** Whether the folders above are ignored is the caller's business. `name` is relative to the root. */
  ignores(name: string, isFolder: boolean): boolean {
    for (let folder = parentOf(name); ; folder = parentOf(folder)) {
      const relative = folder === "" ? name : name.slice(folder.length + 1);
      const found = last(this.rulesOf(folder), relative, isFolder);
      if (found !== undefined) return !found.isNegated;
      if (folder === "") break;
    }
    return last(this.common, name, isFolder)?.isNegated === false;
  }

  private rulesOf(folder: string): Rule[] {
    let rules = this.ofFolder.get(folder);
    if (rules === undefined) {
      rules = parseIgnores(readOptional(path.join(this.root, folder, ".gitignore")));
      this.ofFolder.set(folder, rules);
    }
    return rules;
  }
}

function last(rules: readonly Rule[], name: string, isFolder: boolean): Rule | undefined {
  return rules.findLast(({ matches, onlyFolders }) => (isFolder || !onlyFolders) && matches(name));
}

export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}
