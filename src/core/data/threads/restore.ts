import { chmodSync, statSync } from "node:fs";
import path from "node:path";
import { openDatabase } from "../../store/index.js";
import { asDataError } from "../errors.js";
import { ContentStore } from "../store/contentStore.js";
import type { Report } from "./readFile.js";
import type { Tasks } from "./tasks.js";

/** Writes contents of the store to files that are not there, each verified. */
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
        throw asDataError("write", name, error);
      }
    });
    return { files };
  } finally {
    database.close();
  }
}
