import type { Database } from "better-sqlite3";

export interface Migration {
  /** Runs inside a transaction. */
  up: (database: Database) => void;
}
