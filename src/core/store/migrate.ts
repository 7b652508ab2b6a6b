import type { Database } from "better-sqlite3";
import { CairnError } from "../../shared/errors.js";
import { migrations as all, type Migration } from "./migrations/index.js";

/** The schema that this version of Cairn writes. */
export const SCHEMA_VERSION = all.length;

/** The schema version of a database; throws `tooNew` when this version of Cairn does not know it. Writes nothing. */
export function knownVersion(database: Database, file: string, newest = SCHEMA_VERSION): number {
  const version = Number(database.pragma("user_version", { simple: true }));
  if (version <= newest) return version;
  throw new CairnError(
    "tooNew",
    `The database ${file} was made by a newer version of Cairn (schema ${version}; this one knows ${newest}).`,
    { hint: "Update Cairn. The database was not touched." },
  );
}

/**
 * Brings the schema from its `user_version` to the newest, one transaction a migration. There is no way back:
 * a database of a newer version is refused with `tooNew` and not touched; so is an old one opened `readonly`.
 */
export function migrate(
  database: Database,
  file: string,
  { readonly = false, migrations = all }: { readonly?: boolean; migrations?: readonly Migration[] } = {},
): void {
  const newest = migrations.length;
  const version = knownVersion(database, file, newest);
  if (readonly) {
    if (version === newest) return;
    throw new CairnError("refused", `The database ${file} has an older schema (${version} of ${newest}).`, {
      hint: "Open the project once where it can be written: that brings the database up to date.",
    });
  }
  for (const [index, { up }] of migrations.entries()) {
    if (index < version) continue;
    database
      .transaction(() => {
        up(database);
        database.pragma(`user_version = ${index + 1}`);
      })
      .immediate();
  }
}
