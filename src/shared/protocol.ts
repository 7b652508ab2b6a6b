import type { Alert } from "./alerts.js";
import type { ErrorShape } from "./errors.js";
import type { TableCell, TableInfo, TableRange } from "./table.js";
import type { ReproEvent } from "./pipeline/api.js";
import type { Experiment, FileInfo, KeyValue, Metric, Page, Run, RunStatus, ViewType } from "./tracking.js";

/** Raised when a request or its meaning changes incompatibly; an engine of another protocol is asked to hand over. */
export const PROTOCOL_VERSION = 1;

export interface SeriesQuery {
  runIds: string[];
  /** Metric names; all when absent. */
  keys?: string[];
  /** Points per series at most (each bucket gives two). */
  maxPoints: number;
  /** Only these steps, both included, and one point beyond either end, so that a line runs to the edges. */
  steps?: { from: number; to: number };
}

/** Which metrics some runs have: light enough for runs with thousands. */
export interface MetricNames {
  keys: string[];
  /** Of each run: places in `keys`, and beside them points logged and smallest and largest value, null where all are NaN. */
  runs: {
    runId: string;
    at: number[];
    counts: number[];
    /** Infinities as strings. */
    min: (number | string | null)[];
    max: (number | string | null)[];
  }[];
}

/** One curve. Packed for speed: `data` is base64 of little-endian Float64 triples step, timestamp (ms), value. */
export interface MetricSeries {
  runId: string;
  key: string;
  /** Points logged in all; more than are in `data` when the curve is decimated. */
  count: number;
  /** Whether `data` holds minimum and maximum of buckets instead of every point. */
  decimated: boolean;
  data: string;
}

/** One row of the runs table: light enough for 10,000 of them. */
export interface RunRow {
  runId: string;
  name: string;
  experimentId: string;
  status: RunStatus;
  deleted: boolean;
  startTime: number;
  endTime: number | null;
  user: string;
  source: string;
  parentRunId?: string;
  /** Its beginning where it is long. */
  note?: string;
  starred: boolean;
  /**
   * Aligned with RunTable.metricKeys, paramKeys, tagKeys, and as short as they may be; null where the run has none. NaN
   * and infinities as strings.
   */
  metrics: (number | string | null)[];
  params: (string | null)[];
  /** Long values end with `…`. */
  tags: (string | null)[];
  /** Launched by Cairn, so it has a console and can be stopped here. */
  launched: boolean;
}

export interface RunTable {
  /** Those in most use first where there are very many; the rarest may be missing then. Else sorted. */
  metricKeys: string[];
  paramKeys: string[];
  /** The tags that users have set themselves: none of MLflow's and Cairn's own. */
  tagKeys: string[];
  rows: RunRow[];
  /** There are more runs than were asked for. */
  truncated: boolean;
}

/** What to run: an entry of cairn.yaml or MLproject, a file, or any command. */
export interface LaunchSpec {
  entry?: string;
  command?: string[];
  /** A script; run with the Python of `python`, the project's environment, or `python3`. */
  file?: string;
  python?: string;
  params?: Record<string, string>;
  experiment?: string;
  name?: string;
  note?: string;
  /** Data the run reads: recorded as its inputs. */
  data?: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** A stage of a pipeline: its command lines, each for a shell of its own. Only the engine itself gives one. */
  stage?: { name: string; commands: string[] };
}

/** What it takes to start a run again in the same way, besides its command or entry and the values of parameters. */
export interface LaunchRecord {
  /** Working folder: relative to the project, `/` between parts, where it is inside. */
  cwd?: string;
  /** Names of the parameters that it was started with. */
  params?: string[];
  /** As it was given: relative to the working folder, an entry's to the project. */
  data?: string[];
  /** Variables that choose the environment: see `ENVIRONMENT_CHOICES`. */
  env?: Record<string, string>;
}

/** Variables of the caller that make a run another one, and that are no secrets. */
export const ENVIRONMENT_CHOICES = [
  ...["VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"],
  ...["CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "PYTHONHASHSEED"],
];

export interface ConsoleChunk {
  text: string;
  /** Byte offset of the first byte and after the last one. */
  start: number;
  end: number;
  size: number;
  /** The run has ended and everything was read. */
  complete: boolean;
}

/** What is looked for in a console log, line by line, in the text as it is shown (no colour codes, bars collapsed). */
export interface ConsoleQuery {
  text: string;
  /** `text` is a regular expression of JavaScript. */
  regex: boolean;
  caseSensitive: boolean;
  from: number;
}

export interface ConsoleMatches {
  /** Byte offsets at which the matching lines start, ascending; the first `CONSOLE_MATCHES_MAX` of them. */
  lines: number[];
  /** All matching lines, also those past the limit. */
  count: number;
  /** Where a search for more goes on: the start of the unfinished last line, else the end of the log. */
  end: number;
  /** The unfinished last line matches too, and is counted. */
  unfinished: boolean;
}

export const CONSOLE_MATCHES_MAX = 100_000;

export interface EntryInfo {
  name: string;
  command: string;
  source: "cairn.yaml" | "MLproject";
  params: Record<string, string>;
}

export interface JobInfo {
  jobId: string;
  kind: string;
  title: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** 0 to 1; absent where unknown. */
  progress?: number;
  message?: string;
  error?: ErrorShape;
  startTime: number;
  endTime?: number;
}

export interface Health {
  project: string;
  engine: {
    version: string;
    protocol: number;
    pid: number;
    node: string;
    runtime: "node" | "electron";
    startTime: number;
    host: string;
    socket: string;
    trackingUri: string;
    readOnly: boolean;
    /** Bytes of resident memory. */
    memory: number;
    clients: { kind: ClientKind; version: string; since: number }[];
    /** Time at which the engine will end if nothing happens; absent while something keeps it. */
    idleEnd?: number;
    keptBy: string[];
  };
  database: {
    path: string;
    bytes: number;
    schemaVersion: number;
    journal: string;
    synchronous: string;
    fileSystem: string;
  };
  counts: { experiments: number; runs: number; activeRuns: number; metricPoints: number };
  artifacts: { path: string };
  jobs: JobInfo[];
  problems: { severity: "error" | "warning"; message: string; hint?: string }[];
}

export type ClientKind = "vscode" | "cli" | "mcp" | "test";

/** Requests a client makes of the engine: method → parameters and result. */
export interface EngineRequests {
  /** First on every connection; anything else before it is refused. */
  hello: {
    params: { token: string; protocol: number; version: string; kind: ClientKind };
    result: {
      version: string;
      protocol: number;
      project: string;
      readOnly: boolean;
      /** Of an engine that only reads: the other host that owns the project, where one does. */
      owner?: string;
    };
  };
  health: { params: Record<string, never>; result: Health };
  /** Finish what is under way, give up the lock, end. A newer client asks this of an older engine. */
  drain: { params: { reason: string }; result: { runs: number } };
  /** What a process needs to log here: MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN, … */
  environment: { params: Record<string, never>; result: Record<string, string> };

  experiments: {
    params: { view: ViewType };
    result: { experiments: (Experiment & { runCount: number; activeRuns: number })[] };
  };
  experimentCreate: { params: { name: string }; result: { experimentId: string } };
  experimentDelete: { params: { experimentId: string }; result: null };
  experimentRestore: { params: { experimentId: string }; result: null };
  experimentRename: { params: { experimentId: string; name: string }; result: null };

  runTable: {
    params: { experimentIds: string[]; view: ViewType; limit: number; filter?: string; orderBy?: string[] };
    result: RunTable;
  };
  runSearch: {
    params: {
      experimentIds?: string[];
      filter?: string;
      orderBy?: string[];
      maxResults?: number;
      pageToken?: string;
      view?: ViewType;
    };
    result: Page<Run>;
  };
  run: { params: { runId: string }; result: { run: Run; row: RunRow; artifacts: FileInfo[] } };
  runDelete: { params: { runIds: string[] }; result: null };
  runRestore: { params: { runIds: string[] }; result: null };
  /** Sets tags; a note is the tag `mlflow.note.content`. */
  runSetTags: { params: { runId: string; tags: { key: string; value: string }[] }; result: null };
  /** Sets and removes tags of several runs; removing one that a run does not have does nothing. */
  runTags: { params: { runIds: string[]; set: KeyValue[]; remove: string[] }; result: null };
  runStart: { params: LaunchSpec; result: { runId: string; experimentId: string; name: string } };
  /** SIGTERM to the whole process group, SIGKILL after the grace period; resolves when the processes are gone. */
  runStop: { params: { runId: string }; result: { endReason: string } };
  entries: { params: Record<string, never>; result: { entries: EntryInfo[]; problems: string[] } };
  history: {
    params: { runId: string; key: string; maxResults?: number; pageToken?: string };
    result: Page<Metric>;
  };
  series: { params: SeriesQuery; result: { series: MetricSeries[] } };
  metricNames: { params: { runIds: string[] }; result: MetricNames };
  /** Bytes of the console log from `start` (negative: that many from the end), at most `maxBytes`. */
  console: { params: { runId: string; start: number; maxBytes: number }; result: ConsoleChunk };
  /** Lines of the whole console log that match, from byte `from` (the start of a line) on. */
  consoleSearch: { params: ConsoleQuery & { runId: string }; result: ConsoleMatches };
  artifacts: { params: { runId: string; path?: string }; result: { root: string; files: FileInfo[] } };
  /** What models are called and where their files lie; those that are not there are left out. */
  modelFolders: {
    params: { modelIds: string[] };
    result: { models: { modelId: string; name: string; root: string }[] };
  };
  /** Bytes of a file from `start` on (base64), at most `length` and 4 MB; `size` is the whole file's. */
  artifactRead: {
    params: { runId: string; path: string; start: number; length: number };
    result: { data: string; start: number; size: number };
  };

  /** What is known of a table among a run's files so far: asked again until all of its rows are counted. */
  tableOpen: { params: TableSource; result: TableInfo };
  /** Cells of it. `stamp` is what `tableOpen` gave: a file that has changed since is refused. */
  tableRows: {
    params: { source: TableSource; stamp: string; range: TableRange };
    result: { rows: TableCell[][] };
  };

  /** Which runs' metric points and console output this client wants pushed; replaces the earlier list. */
  subscribe: { params: { metrics: string[]; console: string[] }; result: null };

  /** Newest first; `unclaimed` are those that nobody has shown yet. */
  alerts: {
    params: { acknowledged?: boolean; unclaimed?: boolean; limit: number };
    result: { alerts: Alert[]; unacknowledged: number };
  };
  /** Marks alerts as seen; all of them without `ids`. */
  alertAcknowledge: { params: { ids?: number[] }; result: { acknowledged: number } };
  /** Of several windows the one that is told `true` shows the alert. */
  alertClaim: { params: { id: number }; result: { claimed: boolean } };
  /** No more alerts of this run. */
  alertMute: { params: { runId: string }; result: null };
  /** What a window needs of the engine beyond an open connection; replaces what it said before. */
  windowState: { params: WindowState; result: null };

  /**
   * Deletes for good what was deleted at least so many milliseconds ago, with its files, and gives the space back.
   * `bytes` are those of the files and by which the database has shrunk.
   */
  gc: {
    params: { olderThanMs: number };
    result: { runs: number; models: number; experiments: number; bytes: number };
  };

  jobStart: { params: { kind: JobKind; params: Record<string, unknown> }; result: { jobId: string } };
  jobCancel: { params: { jobId: string }; result: null };
  /** Resolves when the job has ended. */
  jobWait: { params: { jobId: string }; result: { job: JobInfo; output: unknown } };
}

/** Which file a table is: an artifact of a run. */
export interface TableSource {
  runId: string;
  path: string;
}

export interface WindowState {
  /** The workspace is trusted, so that webhooks and hooks of cairn.yaml may be used. */
  trusted: boolean;
  /** Terminals of this window log to the engine. */
  terminals: boolean;
}

/** Heavy work done in a worker process. */
export type JobKind =
  | "stages"
  | "stagePlan"
  | "stagePrepare"
  | "stageFinish"
  | "repro"
  | "captureCode"
  | "captureEnvironment"
  | "checkDatabase"
  | "backup"
  | "diskUse"
  | "compactDatabase"
  | "dataAdd"
  | "dataStatus"
  | "dataList"
  | "dataLog"
  | "dataCheckout"
  | "dataFiles"
  | "dataExtract"
  | "dataNow"
  | "dataPack"
  | "tableOpen"
  | "tableRows"
  | "dataPush"
  | "dataPull"
  | "remoteAdd"
  | "remoteList"
  | "remoteRemove";

/** What the engine tells its clients unasked. */
export interface EngineNotifications {
  /** Something of these runs (not their metric points) or of the list of experiments changed. At most 5 a second. */
  changed: {
    runs: { runId: string; experimentId: string }[];
    experiments: boolean;
    /** Another host has written: anything may be different, `runs` does not say what. */
    all?: boolean;
  };
  /** New points of subscribed runs, in the order logged, packed like MetricSeries.data. At most 5 a second. */
  points: { series: { runId: string; key: string; data: string }[] };
  /** New console output of subscribed runs. */
  output: { runId: string; chunk: ConsoleChunk };
  job: JobInfo;
  /** How a pipeline is being reproduced. */
  repro: ReproEvent;
  /** A new alert, or (null) their number changed. */
  alert: { alert: Alert | null; unacknowledged: number };
  /** The engine ends or hands over: reconnect to get the next one. */
  ending: { reason: string };
}

export type RequestName = keyof EngineRequests;
export type NotificationName = keyof EngineNotifications;
