import type { Logger } from "../logger.js";
import type { ProjectPaths } from "../project/index.js";
import { openDatabase } from "../store/index.js";
import { Session } from "./session.js";
import { SqliteTrackingStore } from "./sqliteTrackingStore.js";

export interface TrackingStoreOptions {
  paths: Pick<ProjectPaths, "database">;
  logger: Logger;
  /** Another host owns the project: everything can be read, every write is refused. */
  readonly?: boolean;
  /** FULL survives a power cut, at the price of a flush to disk for each write. */
  synchronous?: "NORMAL" | "FULL";
}

/** Artifacts go through Cairn's own server, as with `mlflow server --serve-artifacts`. */
const ARTIFACT_ROOT = "mlflow-artifacts:/";

/**
 * Opens the project's database for tracking, and makes it where there is none yet. Only one process may write to it
 * at a time: the caller holds the project's lock. Throws what `openDatabase` throws.
 */
export async function openTrackingStore(options: TrackingStoreOptions): Promise<SqliteTrackingStore> {
  const { paths, logger, readonly = false, synchronous = "NORMAL" } = options;
  const database = openDatabase(paths.database, { readonly, synchronous });
  const session = new Session(database, paths.database, readonly, logger);
  try {
    return await Promise.resolve(new SqliteTrackingStore(session, ARTIFACT_ROOT));
  } catch (error) {
    session.close();
    throw error;
  }
}
