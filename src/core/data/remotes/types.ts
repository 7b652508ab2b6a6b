import { groupBy } from "./lanes.js";

/** A content on its way to a remote. */
export interface Outgoing {
  /** Bytes. */
  size: number;
  /** MD5 of the bytes, hexadecimal; undefined where only DVC's older hash is known. */
  md5: string | undefined;
  /** Writes it, verified, to a file that must not exist. */
  writeTo: (file: string, onBytes?: (count: number) => void) => Promise<void>;
  /** Hears how many bytes more the remote has. */
  onBytes: (count: number) => void;
}

/**
 * A place that holds objects by key: `files/md5/ab/cdef…`, or `ab/cdef…` of DVC's older layout. All methods throw
 * CairnError: `notFound` (bucket, folder, object), `refused` (credentials, permission), `unavailable` (no answer),
 * `full`; and end soon after the signal that it was opened with is aborted.
 */
export interface Remote {
  /** Its address for people, without secrets. */
  readonly label: string;
  /** Transfers at once that it is worth to make. */
  readonly lanes: number;
  /** Bytes of those of the keys that are there. */
  sizes(keys: readonly string[]): Promise<Map<string, number>>;
  /** Whole or not there: whoever dies in between leaves nothing under the key. */
  put(key: string, content: Outgoing): Promise<void>;
  read(key: string): AsyncIterable<Buffer>;
  /** After a failure or a cancel, too: takes away what is only half there. */
  close(): Promise<void>;
}

/** The key of an object by DVC's layout. */
export function keyOf({ md5, isLegacy }: { md5: string; isLegacy: boolean }): string {
  const short = `${md5.slice(0, 2)}/${md5.slice(2)}`;
  return isLegacy ? short : `files/md5/${short}`;
}

/** Keys by the folder that they lie in. */
export function byFolder(keys: readonly string[]): Map<string, string[]> {
  return groupBy(keys, (key) => key.slice(0, key.lastIndexOf("/")));
}
