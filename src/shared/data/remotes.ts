/** A place that versions are pushed to and pulled from, of DVC's configuration. */
export interface DataRemote {
  name: string;
  /** A path is absolute. */
  url: string;
  isDefault: boolean;
}

/** What a push did. Sizes in bytes. */
export interface DataPushResult {
  remote: string;
  url: string;
  /** Objects (files, and lists of the files of folders) that were sent. */
  sent: number;
  sentBytes: number;
  /** That the remote had already. */
  present: number;
  /** Outputs that were left out, and why. */
  skipped: { path: string; reason: string }[];
}

/** What a pull did. Sizes in bytes. */
export interface DataPullResult {
  remote: string | null;
  url: string | null;
  /** Objects that came. */
  fetched: number;
  fetchedBytes: number;
  /** That were on this machine already. */
  present: number;
  datasets: {
    path: string;
    /** `kept`: changed here and stored nowhere, so that it was left as it is. */
    state: "checkedOut" | "unchanged" | "kept";
    reason: string | null;
  }[];
  skipped: { path: string; reason: string }[];
}

/** Which versions besides those of the work tree. */
export interface DataScope {
  branches?: boolean;
  tags?: boolean;
  commits?: boolean;
}
