import type { Db } from "../store/index.js";
import { placeOf } from "./datasets/place.js";
import { DataSets } from "./datasets/repository.js";

/** Number of the newest version of the dataset at `absolute` with this MD5; undefined for what is no dataset or has none. */
export function knownVersion(database: Db, root: string, absolute: string, md5: string): number | undefined {
  try {
    return new DataSets(database).byMd5(placeOf(root, absolute).path, md5)?.number;
  } catch {
    // Outside the project, or the database is busy: a run needs no version to start.
    return undefined;
  }
}
