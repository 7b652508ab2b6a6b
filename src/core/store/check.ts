import { setImmediate } from "node:timers/promises";
import type { ProjectPaths } from "../project/index.js";
import { CairnError, toError } from "../../shared/errors.js";
import { asStoreError } from "./errors.js";
import { type Db, openDatabase } from "./openDatabase.js";

export interface CheckResult {
  /** What SQLite and the foreign keys say is wrong, at most a hundred of it; empty when all is well. */
  problems: string[];
}

const MAX_PROBLEMS = 100;

/**
 * Reads the whole database and says what is wrong with it. Writes nothing. Meant for a worker: it takes seconds a
 * gigabyte. After each table it tells its progress (0 to 1) and looks at the signal.
 */
export async function checkDatabase(
  { database: file }: Pick<ProjectPaths, "database">,
  { onProgress, signal }: { onProgress?: (part: number) => void; signal?: AbortSignal } = {},
): Promise<CheckResult> {
  const problems: string[] = [];
  let database: Db | undefined;
  try {
    database = openDatabase(file, { readonly: true });
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    for (const [index, table] of tables.entries()) {
      // Lets the message in that would abort.
      await setImmediate();
      if (signal?.aborted) throw new CairnError("cancelled", "The check was cancelled.");
      problems.push(...checkTable(database, file, table));
      onProgress?.((index + 1) / tables.length);
    }
  } catch (error) {
    problems.push(damage(error, file));
  } finally {
    database?.close();
  }
  return { problems: problems.slice(0, MAX_PROBLEMS) };
}

function checkTable(database: Db, file: string, table: string): string[] {
  try {
    const wrong = database
      .prepare<[], string>(`PRAGMA quick_check("${table}")`)
      .pluck()
      .all()
      .filter((line) => line !== "ok");
    const orphans = database.prepare(`PRAGMA foreign_key_check("${table}")`).all();
    if (orphans.length > 0) wrong.push(`${orphans.length} rows of ${table} refer to what is not there`);
    return wrong;
  } catch (error) {
    return [`${table}: ${damage(error, file)}`];
  }
}

/** What an error says of damage; any other is thrown on. */
function damage(thrown: unknown, file: string): string {
  const error = asStoreError(thrown, file);
  if (error.code !== "corrupt") throw error;
  return toError(thrown).message;
}
