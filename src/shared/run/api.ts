import type { ChartRequests, ChartSettings } from "../charts.js";
import type { CodeState, EnvironmentState } from "../capture.js";
import type { ConsoleChunk, ConsoleMatches, ConsoleQuery, RunRow } from "../protocol.js";
import type { TableCell, TableInfo, TableRange } from "../table.js";
import type { FileInfo, KeyValue, Run, RunStatus } from "../tracking.js";

export const RUN_TABS = [
  "overview",
  "parameters",
  "metrics",
  "system",
  "console",
  "artifacts",
  "code",
  "environment",
] as const;

export type RunTab = (typeof RUN_TABS)[number];

export interface RunPanelState {
  /** The folder the panel belongs to; handed back as it came. */
  project: string;
  runId: string;
  title: string;
  tab: RunTab;
  /** The artifact that is shown. */
  artifact?: string | undefined;
  charts?: ChartSettings | undefined;
}

/** Another run that this one has to do with. */
export interface RunLink {
  runId: string;
  name: string;
  status: RunStatus;
}

/** A model that a run logged or read. */
export interface ModelLink {
  modelId: string;
  /** Empty for one that is no longer there. */
  name: string;
  /** At which it was logged; absent for one that was read. */
  step?: number;
}

/** What a file that a run read is now. */
export interface InputNow {
  digest: string;
  name: string;
  /** Relative to the project. */
  path: string;
  /** `same` content as the run read; another; not there any more; cannot be told. */
  state: "same" | "changed" | "missing" | "unknown";
  /** Version that it is now; null where it is none. */
  version: number | null;
  isDataset: boolean;
}

export interface RunPanelData {
  run: Run;
  row: RunRow;
  experimentName: string;
  artifacts: FileInfo[];
  color: string;
  parent: RunLink | undefined;
  /** The newest of them. */
  children: RunLink[];
  models: ModelLink[];
}

export interface RunPanelApi {
  requests: Pick<ChartRequests, keyof ChartRequests> & {
    init: { params: null; result: { state: RunPanelState; data: RunPanelData } };
    saveState: { params: RunPanelState; result: null };
    console: { params: { start: number; maxBytes: number }; result: ConsoleChunk };
    /** A new search ends the one before, which is then answered with the failure `cancelled`. */
    searchConsole: { params: ConsoleQuery; result: ConsoleMatches };
    /** Opens a file that the console names, relative to the project. */
    openPlace: { params: { path: string; line: number; column?: number | undefined }; result: null };
    stop: { params: null; result: null };
    runAgain: { params: { changes: boolean }; result: null };
    /** Sets and removes tags: star, name, note, and the user's own. */
    tags: { params: { set: KeyValue[]; remove: string[] }; result: null };
    openRun: { params: { runId: string }; result: null };
    openModel: { params: { modelId: string }; result: null };
    /** Opens the file of a dataset that the run read, where it is one here. */
    openData: { params: { source: string }; result: null };
    /** What the data is now that the run read from this machine. */
    inputsNow: { params: null; result: { inputs: InputNow[] } };
    /** Shows a dataset in the Data view, at the version where one is given. */
    revealData: { params: { path: string; version?: number | undefined }; result: null };
    /** Opens a version for reading. */
    openDataVersion: { params: { path: string; version: number }; result: null };
    listArtifacts: { params: { path: string }; result: { files: FileInfo[] } };
    /** Bytes from `start` on, at most `length` and 4 MB; `size` is the whole file's. */
    readArtifact: {
      params: { path: string; start: number; length: number };
      result: { bytes: Uint8Array; size: number };
    };
    /** What is known of a table so far; asked again until all of its rows are counted. */
    openTable: { params: { path: string }; result: TableInfo };
    /** Cells of it; `stamp` as `openTable` gave it. */
    tableRows: {
      params: { path: string; stamp: string; range: TableRange };
      result: { rows: TableCell[][] };
    };
    openArtifact: {
      params: { path: string; how: "editor" | "openWith" | "saveAs" | "reveal" };
      result: null;
    };
    openSource: { params: null; result: null };
    copyText: { params: { text: string }; result: null };
    /** Null where nothing was recorded. */
    code: { params: null; result: { code: CodeState | null } };
    /** VS Code's own diff of one changed file: as committed, and as it was when the run started. */
    openDiff: { params: { path: string }; result: null };
    openPatch: { params: null; result: null };
    environment: { params: null; result: { environment: EnvironmentState | null } };
    /** Lets the user pick another run; null when none was picked. */
    otherEnvironment: {
      params: null;
      result: { other: { name: string; environment: EnvironmentState | null } | null };
    };
  };
  notifications: {
    data: RunPanelData;
    /** Go to this tab: the panel was open when its console was asked for. */
    show: { tab: RunTab };
    points: { series: { runId: string; key: string; points: Float64Array }[] };
    output: ConsoleChunk;
    /** Data was added or checked out, or the window was turned to: inputs may be others now. */
    dataChanged: null;
    connection: { connected: boolean; message?: string };
    theme: null;
  };
}
