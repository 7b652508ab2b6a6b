import { existsSync } from "node:fs";
import type { Db } from "../store/index.js";
import { placeOf } from "./datasets/place.js";
import { DataSets } from "./datasets/repository.js";

/** Whether the file or folder at `absolute` has a pointer, or versions that are recorded. */
export function isDataset(database: Db, root: string, absolute: string): boolean {
  if (existsSync(`${absolute}.dvc`)) return true;
  try {
    return new DataSets(database).newest(placeOf(root, absolute).path) !== undefined;
  } catch {
    return false; // outside the project, or the database is busy
  }
}

/** Number of the newest version of the dataset at `absolute` with this MD5; undefined for what is no dataset or has none. */
export function knownVersion(database: Db, root: string, absolute: string, md5: string): number | undefined {
  try {
    return new DataSets(database).byMd5(placeOf(root, absolute).path, md5)?.number;
  } catch {
    // Outside the project, or the database is busy: a run needs no version to start.
    return undefined;
  }
}
