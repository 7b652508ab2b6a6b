import type { ChangedFile, CodeState, LeftOut } from "../../shared/capture.js";

/** Says what may not be recorded; `core/redact` implements it. */
export interface SecretFilter {
  /** Why the content of the file of this path may not be recorded, if so. */
  file(path: string): string | undefined;
  /** What of a text may not be recorded; nothing in `leftOut` where all of it may. */
  text(content: string): { leftOut: readonly LeftOut[] };
}

/** In bytes, but for `time`. */
export interface CaptureLimits {
  /** Of one file that Git does not know yet. */
  untrackedFile: number;
  /** Of all of those together. */
  untrackedTotal: number;
  /** Of one changed file that Git knows. */
  changedFile: number;
  /** Of the whole patch. */
  patch: number;
  /** Milliseconds that looking may take. */
  time: number;
  /** Number of changed files that are looked at; of more only the number is told. */
  files: number;
}

export const DEFAULT_LIMITS: CaptureLimits = {
  untrackedFile: 1 << 20,
  untrackedTotal: 10 << 20,
  changedFile: 16 << 20,
  patch: 64 << 20,
  time: 60_000,
  files: 10_000,
};

/** One path that differs between the commit and the work tree. */
export interface Change extends ChangedFile {
  /** Where a renamed or copied file came from. */
  from?: string;
  /** As Git writes it in octal; "000000" where the file is missing. Of the index, else of the commit. */
  mode: string;
  /** Object id in the index, else in the commit; null where there is none. */
  oid: string | null;
  /** Whether it lies in the work tree. */
  exists: boolean;
}

/** What a backend finds out about a repository. */
export interface Look {
  /** Null in a repository without a commit. */
  commit: string | null;
  branch: string | null;
  /** As configured, user and password included. */
  remote: string | null;
  /** Sorted by path. Without what `leftOut` names, if that has no patch at all, as a dirty submodule. */
  changes: Change[];
  /** Changed, but nothing that a patch can hold. */
  leftOut: LeftOut[];
  notes: string[];
}

/** What makes one path of the commit what it is in the work tree. Applies without the others. */
export interface PatchSection {
  path: string;
  bytes: Buffer;
}

export interface LookOptions {
  /**
   * Only what is cheap: no untracked files, nothing inside submodules, no content of files behind a filter, which are
   * in `leftOut` then because nobody knows whether they changed.
   */
  quick: boolean;
}

export interface Repository {
  /** Absolute path of the work tree, real. */
  readonly root: string;
  look(options: LookOptions): Promise<Look>;
  /** Sections for these changes, from `commit` of the look (null: from nothing) to the work tree. */
  sections(
    look: Look,
    changes: readonly Change[],
    maxBytes: number,
  ): Promise<{ sections: PatchSection[]; leftOut: LeftOut[] }>;
}

/** A way to read repositories. Neither runs a command that a repository names, nor writes into one. */
export interface GitBackend {
  readonly name: NonNullable<CodeState["backend"]>;
  /**
   * The repository around a folder, undefined where there is none. Throws a CairnError when it cannot be read, an
   * AbortError when the signal says so.
   */
  open(folder: string, signal: AbortSignal): Promise<Repository | undefined>;
}
