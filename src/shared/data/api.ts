/** A version of a dataset. Sizes in bytes, times in milliseconds. */
export interface DataVersion {
  /** Relative to the project, with `/`. */
  path: string;
  /** Counts from 1; null for one that only Git knows. */
  version: number | null;
  /** DVC's: with `.dir` behind for a folder. */
  md5: string;
  size: number;
  /** Of a folder; null for a file. */
  files: number | null;
  message: string;
  author: string;
  time: number;
  /** Added to the store by this version. */
  newBytes: number;
  /**
   * How what is new is stored, joined with `+`: `raw`, `zstd`, `columns`, `planes` by itself; `lines`, `cells`,
   * `pages`, `tensors`, `bytes` made of an older version. Null where nothing is new.
   */
  recipe: string | null;
  /** What zstd alone needs for what is new, of large files judged by an eighth of them; null until it is packed. */
  baselineBytes: number | null;
  /**
   * The other ways that were tried for a file, and the bytes that each needs; of one that was given up, because another
   * was smaller, those at which that was (`isMore`).
   */
  alternatives: { recipe: string; bytes: number; isMore: boolean }[];
  /** Whether nothing of it waits to be packed. */
  packed: boolean;
  rows: number | null;
  columns: number | null;
  /** Whether it can be restored from the store or DVC's cache. */
  stored: boolean;
  /** Commits whose pointer names it, newest first. */
  commits: { commit: string; time: number; author: string; subject: string }[];
  /** Ids of runs that read it, the newest first; a hundred at most. */
  runs: string[];
}

export type DataState =
  | "unchanged"
  | "modified"
  /** There is a pointer, but neither file nor folder. */
  | "missing"
  /** The file is there, but nobody has its pointer any more. */
  | "noPointer"
  /** The pointer cannot be read. */
  | "broken";

export interface DataStatus {
  path: string;
  state: DataState;
  /** Of the pointer. */
  md5: string | null;
  /** What the pointer says; null where it says nothing. */
  size: number | null;
  version: number | null;
  /** Whether what the pointer names can be restored from the store or DVC's cache. */
  stored: boolean;
  /** Of a folder: paths in it. */
  added: string[];
  changed: string[];
  removed: string[];
  /** Where the pointer stands. */
  pointer: string;
  problem: string | null;
}

export interface DataStatusReport {
  datasets: DataStatus[];
  /** Bytes: of the datasets' files as they are, of Cairn's store, of DVC's cache. */
  bytes: { data: number; store: number; dvcCache: number | null };
  /** Contents that wait to be packed. */
  unpacked: number;
}

export interface DataSetSummary {
  path: string;
  versions: number;
  /** The newest. */
  version: number;
  md5: string;
  size: number;
  files: number | null;
  rows: number | null;
  columns: number | null;
  time: number;
  author: string;
  message: string;
  /** That all of its versions take in the store. */
  storedBytes: number;
}

export interface DataAddResult extends DataVersion {
  /** The content was the newest version already. */
  unchanged: boolean;
  warnings: string[];
  /** Relative paths of files that were written. */
  wrote: string[];
}

export interface DataCheckoutResult {
  path: string;
  version: number | null;
  md5: string;
  size: number;
  /** Files. */
  written: number;
  removed: number;
  kept: number;
}

/** The files of a version. */
export interface DataFilesResult {
  path: string;
  version: number | null;
  md5: string;
  isFolder: boolean;
  /** `path` below the folder, empty of a file; `size` null where it is not known. */
  files: { path: string; md5: string; size: number | null }[];
}

export interface DataExtractResult {
  /** Where the copy is, absolute. */
  file: string;
  /** Of the dataset. */
  path: string;
  md5: string;
  size: number;
}

/** What a file or folder that somebody has read is now. */
export interface DataNow {
  /** As it was asked for. */
  given: string;
  /** Relative to the project; null for one outside it. */
  path: string | null;
  state: "there" | "missing" | "outside" | "broken";
  md5: string | null;
  /** That this content is, of a dataset. */
  version: number | null;
  isDataset: boolean;
  problem: string | null;
}
