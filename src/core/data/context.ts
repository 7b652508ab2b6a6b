import { realpathSync } from "node:fs";
import path from "node:path";
import type { ProjectPaths } from "../project/index.js";
import type { Db } from "../store/index.js";
import { Contents } from "./contents.js";
import { DataSets } from "./datasets/repository.js";
import { type DvcRepository, findDvcRepository } from "./dvc/dvcRepository.js";
import { ContentStore } from "./store/index.js";

/** Bytes done of those to be done; without `total` nobody knows yet. */
export interface DataProgress {
  bytes: number;
  total?: number;
  what: string;
}

/** What every data command works with. */
export interface DataContext {
  paths: ProjectPaths;
  signal: AbortSignal;
  onProgress?: (progress: DataProgress) => void;
}

/** A project's data, opened by whoever holds the project. */
export class DataProject {
  readonly store: ContentStore;
  readonly sets: DataSets;
  readonly dvc: DvcRepository | undefined;
  readonly contents: Contents;

  constructor(
    readonly database: Db,
    readonly context: DataContext,
  ) {
    this.store = new ContentStore(database, context.paths);
    this.sets = new DataSets(database);
    this.dvc = findDvcRepository(context.paths.root);
    this.contents = new Contents(this.store, this.dvc);
  }
}

/** A path that a user gave, relative to `cwd`, on real paths but for its last part, which may be a link. */
export function realTarget(cwd: string, given: string): string {
  const full = path.resolve(cwd, given);
  try {
    return path.join(realpathSync(path.dirname(full)), path.basename(full));
  } catch {
    return full;
  }
}
