import Database from "better-sqlite3";
import { existsSync } from "node:fs";
import { CairnError } from "../../shared/errors.js";
import { distFile, nativeTarget } from "../project/index.js";

/** On an older Node the native module crashes the process without a word. */
export function assertNodeApi(napi = process.versions.napi): void {
  if (Number(napi) >= 10) return;
  throw new CairnError(
    "unavailable",
    `Cairn's database needs Node 22.15 or newer; this is ${process.versions.node}.`,
    { hint: "Name a newer one in the setting cairn.nodePath (or CAIRN_NODE)." },
  );
}

/** The binary staged beside the bundle, or undefined where the package's own is to be used (a checkout). */
function stagedBinary(): string | undefined {
  const file = distFile("native", "better-sqlite3", `${nativeTarget()}.node`);
  return existsSync(file) ? file : undefined;
}

/** Opens an SQLite file, or the content of one, as it is: no pragma, no migration. */
export function openNative(file: string | Buffer, options: Database.Options): Database.Database {
  assertNodeApi();
  const nativeBinding = stagedBinary();
  return new Database(file, nativeBinding === undefined ? options : { ...options, nativeBinding });
}
