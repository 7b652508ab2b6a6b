/**
 * What is recorded of the surroundings of a run, as JSON among the run's artifacts below `cairn/`. Nothing in them is
 * a secret: what matches `redact`, `.env` files, tokens and values of the environment are left out, and named.
 */

export const CAPTURE_FOLDER = "cairn";

export const CAPTURED = {
  code: `${CAPTURE_FOLDER}/code.json`,
  patch: `${CAPTURE_FOLDER}/changes.patch`,
  environment: `${CAPTURE_FOLDER}/environment.json`,
} as const;

/** Something that was not recorded, and why: "matches *.env", "larger than 1 MB", "looks like a token". */
export interface LeftOut {
  /** A path relative to the repository, a variable's name, or a place in a text. Never the value. */
  name: string;
  reason: string;
}

export interface ChangedFile {
  /** Relative to the repository, with `/`. */
  path: string;
  change: "modified" | "added" | "deleted" | "renamed" | "copied" | "typeChanged" | "untracked" | "unmerged";
}

/** The state of the code when a run started. */
export interface CodeState {
  /** `none`: no repository; `empty`: one without a commit; `failed`: `notes` says why. */
  state: "recorded" | "none" | "empty" | "failed";
  backend: "git" | "isomorphic-git" | null;
  /** Absolute path of the work tree. */
  root: string | null;
  commit: string | null;
  /** Null when HEAD is detached. */
  branch: string | null;
  /** URL of the remote that the branch follows, else of `origin`; user and password taken out. */
  remote: string | null;
  dirty: boolean;
  /** Files that differ from the commit. */
  changed: ChangedFile[];
  /** `cairn/changes.patch` applied to `commit` with `git apply` gives the same tree, but for what `leftOut` names. */
  patch: { bytes: number; files: number } | null;
  leftOut: LeftOut[];
  /** Sentences on what is not recorded or uncertain: a dirty submodule, a filter, a sparse checkout. */
  notes: string[];
  /** Milliseconds that looking took. */
  took: number;
}

export interface GpuInfo {
  name: string;
  /** Bytes. */
  memory: number | null;
  driver: string | null;
}

/** Where a run ran. */
export interface EnvironmentState {
  python: {
    version: string;
    implementation: string;
    executable: string;
    /** Folder of the environment. */
    prefix: string;
    kind: "venv" | "uv" | "conda" | "system";
    packages: { name: string; version: string }[];
  } | null;
  /** Version of CUDA that the driver supports. */
  cuda: string | null;
  gpus: GpuInfo[];
  machine: {
    host: string;
    os: string;
    architecture: string;
    cpu: string;
    cores: number;
    /** Bytes. */
    memory: number;
  };
  leftOut: LeftOut[];
  notes: string[];
  took: number;
}
