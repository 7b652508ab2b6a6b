import { existsSync, renameSync } from "node:fs";
import type { ProjectPaths } from "../project/index.js";
import { wrapError } from "../../shared/errors.js";

/**
 * Renames a database that cannot be used to `….corrupt-<time>`, with its WAL, so that a new one can begin. Only for an
 * explicit action of the user: nothing in Cairn moves or overwrites a database by itself. Returns the new name.
 * The database must not be open.
 */
export function setAside({ database: file }: Pick<ProjectPaths, "database">, now = new Date()): string {
  const kept = `${file}.corrupt-${now.toISOString().replace(/[:.]/g, "-")}`;
  try {
    // The database last: as long as it stands there, a failure here leaves the old state in place.
    for (const suffix of ["-wal", "-shm", "-journal", ""])
      if (existsSync(file + suffix)) renameSync(file + suffix, kept + suffix);
  } catch (error) {
    throw wrapError("set aside", file, error);
  }
  return kept;
}
