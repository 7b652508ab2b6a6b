import { statSync } from "node:fs";
import path from "node:path";
import { fileSystemOf } from "./fileSystem.js";
import type { Db } from "./openDatabase.js";

/** As on the health page: `Health["database"]` of the protocol. */
export interface DatabaseDescription {
  path: string;
  /** Bytes on disk, with the WAL. */
  bytes: number;
  schemaVersion: number;
  journal: string;
  synchronous: string;
  fileSystem: string;
}

const SYNCHRONOUS = ["OFF", "NORMAL", "FULL", "EXTRA"];

export function describeDatabase(database: Db, file: string): DatabaseDescription {
  const pragma = (name: string) => database.pragma(name, { simple: true });
  return {
    path: file,
    bytes: sizeOf(file) + sizeOf(`${file}-wal`),
    schemaVersion: Number(pragma("user_version")),
    journal: String(pragma("journal_mode")),
    synchronous: SYNCHRONOUS[Number(pragma("synchronous"))] ?? "unknown",
    fileSystem: fileSystemOf(path.dirname(file)).name,
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
