import type { ProjectPaths } from "../project/index.js";
import { CairnError, toError } from "../../shared/errors.js";
import { asStoreError } from "./errors.js";
import { openDatabase } from "./openDatabase.js";

export interface CheckResult {
  /** What SQLite and the foreign keys say is wrong; empty when all is well. */
  problems: string[];
}

const MAX_PROBLEMS = 100;

/**
 * Reads the whole database and says what is wrong with it. Writes nothing. Meant for a worker: it takes seconds a
 * gigabyte. Progress is told after each table, and the signal looked at then.
 */
export function checkDatabase(
  { database: file }: Pick<ProjectPaths, "database">,
  { onProgress, signal }: { onProgress?: (part: number) => void; signal?: AbortSignal } = {},
): CheckResult {
  const database = openDatabase(file, { readonly: true });
  try {
    const problems: string[] = [];
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    for (const [index, table] of tables.entries()) {
      if (signal?.aborted) throw new CairnError("cancelled", "The check was cancelled.");
      problems.push(...checkTable(database, table));
      onProgress?.((index + 1) / tables.length);
    }
    return { problems: problems.slice(0, MAX_PROBLEMS) };
  } finally {
    database.close();
  }

  function checkTable(db: typeof database, table: string): string[] {
    try {
      return db
        .prepare<[], string>(`PRAGMA quick_check("${table}")`)
        .pluck()
        .all()
        .filter((line) => line !== "ok");
    } catch (error) {
      if (asStoreError(error, file).code !== "corrupt") throw asStoreError(error, file);
      return [`${table}: ${toError(error).message}`];
    }
  }
}
