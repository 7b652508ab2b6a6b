import { CairnError } from "../../../shared/errors.js";
import { lastValue } from "../git/gitConfig.js";
import type { GitBackend } from "../types.js";
import { findGitFolder } from "./gitFolder.js";
import { PlainRepository } from "./plainRepository.js";
import { readConfig } from "./readConfig.js";

/**
 * For hosts without git. It cannot read SHA-256 repositories and split indexes, and does not know what filters,
 * `ident` and `working-tree-encoding` make of a file; all of that is told.
 */
export const plainBackend: GitBackend = {
  name: "isomorphic-git",
  open(folder, signal) {
    return new Promise((resolve) => {
      signal.throwIfAborted();
      const found = findGitFolder(folder);
      if (!found) {
        resolve(undefined);
        return;
      }
      const config = readConfig(found);
      const format = lastValue(config, "extensions.objectformat") ?? "sha1";
      if (format !== "sha1") {
        throw new CairnError("refused", `The repository of ${found.root} has ${format} object ids.`, {
          hint: "Install git, which reads them.",
        });
      }
      resolve(new PlainRepository(found, config, signal, plainBackend));
    });
  },
};
