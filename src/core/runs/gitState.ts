import type { KeyValue } from "../../shared/tracking.js";
import { TAG } from "../../shared/tracking.js";
import { lookQuickly } from "../lineage/index.js";

const LIMIT_MS = 3000;

/** Tags with commit, branch and whether files differ from it; none outside a Git work tree. */
export async function gitTags(folder: string): Promise<KeyValue[]> {
  const look = await lookQuickly(folder, LIMIT_MS);
  if (look === undefined) return [];
  return [
    { key: TAG.gitCommit, value: look.commit },
    ...(look.branch === null ? [] : [{ key: GIT_BRANCH, value: look.branch }]),
    { key: GIT_DIRTY, value: String(look.dirty) },
  ];
}

export const GIT_BRANCH = "mlflow.source.git.branch";
export const GIT_DIRTY = "cairn.git.dirty";
