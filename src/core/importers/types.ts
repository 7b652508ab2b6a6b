import type { KeyValue, Metric } from "../../shared/tracking.js";

/** A small file that a format holds inside, such as an image that was logged. */
export interface FoundArtifact {
  /** Relative to the run's artifact folder, `/` between parts. */
  path: string;
  content: Uint8Array;
}

/**
 * What was read, in the order of the file. Names are ones that MLflow allows; times are milliseconds since the epoch;
 * values may be NaN or infinite. Readers append to it.
 */
export interface Found {
  metrics: Metric[];
  params: KeyValue[];
  tags: KeyValue[];
  artifacts: FoundArtifact[];
  /** What could not be read, one sentence each; the same one at most once a chunk. */
  problems: Set<string>;
}

export function nothingFound(): Found {
  return { metrics: [], params: [], tags: [], artifacts: [], problems: new Set() };
}

/** How far a reader came in what it was given. */
export interface Progress {
  /** Bytes from the beginning of the chunk that need not be seen again. */
  consumed: number;
  /** Bytes that the next chunk must have for the reader to get on; 0 when any will do. */
  wanted: number;
  /** Bytes behind `consumed` to pass over unread, once all of them are there; 0 mostly. */
  skip: number;
}

/** Where a file's reader stands; plain JSON, kept in the data folder. Absent fields mean: at the beginning. */
export interface ReaderState {
  /** tfevents: the plugin of each tag, which only the tag's first event tells. */
  plugins?: Record<string, string>;
  /** .wandb: samples of system metrics so far, which have no step of their own. */
  samples?: number;
  /** .wandb: the last step of the history. */
  step?: number;
  /** .wandb: names in the history, whose summary says nothing new. */
  history?: string[];
  /** .wandb: numbers that are only in the summary so far. */
  summary?: Record<string, string>;
  /** Tables: names of the columns. */
  header?: string[];
  /** Tables: rows taken in, and a sum over their cells, which tells whether a rewritten file begins with them. */
  rows?: number;
  sum?: number;
}

/** What a reader must know besides the bytes. */
export interface ReaderContext {
  /** Milliseconds since the epoch, for what bears no time itself. */
  time: number;
  /** Put before each metric's name, with a slash behind: "" or "train/". */
  prefix: string;
}

/**
 * Takes in whole records from `chunk`, whose first byte is byte `offset` of the file, and appends to `found`. A cut
 * record at the end is left for the next call. Throws CairnError `corrupt` where the format ends to make sense.
 */
export type ChunkReader = (
  chunk: Uint8Array,
  offset: number,
  state: ReaderState,
  found: Found,
  context: ReaderContext,
) => Progress;
