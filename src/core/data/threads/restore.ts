import { chmodSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { openDatabase } from "../../store/index.js";
import { asDataError } from "../errors.js";
import { ContentStore, isCorrupt } from "../store/contentStore.js";
import type { Report } from "./readFile.js";
import type { Tasks } from "./tasks.js";

/** Writes contents of the store to files that are not there, each verified; null for those that are damaged. */
export function restore(
  { database: file, memory, mode, contents }: Tasks["restore"]["params"],
  report: Report,
): Tasks["restore"]["result"] {
  const database = openDatabase(file, { synchronous: "FULL" });
  try {
    const store = new ContentStore(database, { data: path.dirname(file) }, memory);
    const files = contents.map(({ md5, file: to, name }) => {
      try {
        store.writeTo(md5, to, report);
        chmodSync(to, mode);
        const { size, mtimeMs, ino } = statSync(to);
        return { size, mtimeMs, ino };
      } catch (error) {
        rmSync(to, { force: true });
        if (isCorrupt(error)) return null;
        throw asDataError("write", name, error);
      }
    });
    return { files };
  } finally {
    database.close();
  }
}
