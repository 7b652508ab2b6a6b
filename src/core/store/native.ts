import Database from "better-sqlite3";
import { existsSync, readFileSync } from "node:fs";
import { CairnError } from "../../shared/errors.js";
import { distFile } from "../project/index.js";

/** On an older Node the native module crashes the process without a word. */
export function assertNodeApi(napi = process.versions.napi): void {
  if (Number(napi) >= 10) return;
  throw new CairnError(
    "unavailable",
    `Cairn's database needs Node 22.14 or newer; this is ${process.versions.node}.`,
    { hint: "Name a newer one in the setting cairn.nodePath (or CAIRN_NODE)." },
  );
}

/** Whether this process runs on musl, whose binaries are others (`linuxmusl-x64`). */
function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  try {
    return /\/ld-musl-[^/\s]*\.so/.test(readFileSync("/proc/self/maps", "latin1"));
  } catch {
    return false;
  }
}

/** The binary staged beside the bundle, or undefined where the package's own is to be used (a checkout). */
function stagedBinary(): string | undefined {
  const platform = isMusl() ? "linuxmusl" : process.platform;
  const file = distFile("native", "better-sqlite3", `${platform}-${process.arch}.node`);
  return existsSync(file) ? file : undefined;
}

/** Opens an SQLite file, or the content of one, as it is: no pragma, no migration. */
export function openNative(file: string | Buffer, options: Database.Options): Database.Database {
  assertNodeApi();
  const nativeBinding = stagedBinary();
  return new Database(file, nativeBinding === undefined ? options : { ...options, nativeBinding });
}
