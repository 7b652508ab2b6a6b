import { defaultBackend } from "./defaultBackend.js";
import type { GitBackend } from "./types.js";

/** What a run's tags say of its code. */
export interface QuickLook {
  commit: string;
  /** Null when detached. */
  branch: string | null;
  /** Whether files that Git knows differ from the commit, as far as can be told without running its filters. */
  dirty: boolean;
}

/**
 * Commit and branch of the repository around `folder`; undefined outside of one, before its first commit, and where it
 * cannot be read in time. No command that the repository configures runs.
 */
export async function lookQuickly(
  folder: string,
  limitMs: number,
  backend?: GitBackend,
): Promise<QuickLook | undefined> {
  try {
    const repository = await (backend ?? (await defaultBackend())).open(folder, AbortSignal.timeout(limitMs));
    const look = await repository?.look({ quick: true });
    if (look?.commit == null) return undefined;
    return { commit: look.commit, branch: look.branch, dirty: look.changes.length > 0 };
  } catch {
    return undefined; // a run is worth more than its tags
  }
}
