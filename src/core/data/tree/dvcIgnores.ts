import { existsSync } from "node:fs";
import path from "node:path";
import { parseIgnores, readOptional } from "../../lineage/index.js";

interface Level {
  rules: ReturnType<typeof parseIgnores>;
  /** From the folder of the rules to the dataset, with `/` behind; empty for the same folder. */
  prefix: string;
}

/** What `.dvcignore` files above a dataset say of what is in it. */
export class DvcIgnores {
  private readonly levels: Level[] = [];

  constructor(root: string, dataset: string) {
    for (let folder = path.dirname(dataset); ; folder = path.dirname(folder)) {
      const file = path.join(folder, ".dvcignore");
      if (existsSync(file)) {
        const prefix = `${path.relative(folder, dataset).split(path.sep).join("/")}/`;
        this.levels.unshift({ rules: parseIgnores(readOptional(file)), prefix });
      }
      if (folder === root || folder === path.dirname(folder)) break;
    }
  }

  get some(): boolean {
    return this.levels.length > 0;
  }

  /** The last rule that speaks of it decides; what lies in an ignored folder is never asked for. */
  ignores(relpath: string, isFolder: boolean): boolean {
    let ignored = false;
    for (const { rules, prefix } of this.levels) {
      const name = prefix + relpath;
      const rule = rules.findLast(({ matches, onlyFolders }) => (isFolder || !onlyFolders) && matches(name));
      if (rule) ignored = !rule.isNegated;
    }
    return ignored;
  }
}
