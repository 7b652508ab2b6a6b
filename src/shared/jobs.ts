import type { CodeState, EnvironmentState } from "./capture.js";
import type {
  DataAddResult,
  DataCheckoutResult,
  DataExtractResult,
  DataFilesResult,
  DataNow,
  DataSetSummary,
  DataStatusReport,
  DataVersion,
} from "./data/api.js";
import type { DataPullResult, DataPushResult, DataRemote, DataScope } from "./data/remotes.js";
import type {
  StagePlan,
  StagePrepared,
  StageFinished,
  ReproParams,
  ReproResult,
  StageGraph,
  StageSelection,
} from "./pipeline/api.js";
import type { ErrorShape } from "./errors.js";
import type { JobKind } from "./protocol.js";
import type { TableCell, TableInfo, TableRange } from "./table.js";

/** Sizes in bytes. */
export interface DiskUse {
  total: number;
  /** By what it is: `artifacts`, `models`, `database`, `spool`, `console logs`, `logs`, and other entries by their name. */
  areas: { name: string; bytes: number; files: number }[];
  experiments: { experimentId: string; name: string; deleted: boolean; runs: number; bytes: number }[];
  /** The largest runs that are not deleted, at most 50, by the files that they have. */
  runs: RunUse[];
  /** What can be deleted for good: every deleted run with its time. */
  deleted: (RunUse & { deletedTime: number })[];
  /** Artifact folders of runs that are not in the database. */
  unknown: { bytes: number; folders: number };
  /** Free space inside the database file. */
  databaseFree: number;
}

export interface RunUse {
  runId: string;
  name: string;
  experimentId: string;
  artifacts: number;
  console: number;
  /** All its files together. */
  bytes: number;
  /** Metric points, whose size in the database is not measured. */
  points: number;
}

/** Parameters and output of each kind of job. */
export interface Jobs extends PipelineJobs {
  /**
   * Writes the state of the code around the project `folder` to `cairn/code.json` and `cairn/changes.patch` below the
   * run's artifact folder. Both are absolute; `redact` are patterns of what is never recorded, `secrets` values.
   */
  captureCode: {
    params: { runId: string; folder: string; artifacts: string; redact: string[]; secrets?: string[] };
    output: CodeState;
  };
  /**
   * Writes the environment that a command runs in to `cairn/environment.json` below the run's artifact folder.
   * `environment` are the variables that lead to a Python.
   */
  captureEnvironment: {
    params: {
      runId: string;
      artifacts: string;
      root: string;
      cwd: string;
      argv: string[];
      shell: boolean;
      environment: Record<string, string>;
    };
    output: EnvironmentState;
  };
  /** Looks for damage: SQLite's own check and whether what refers to each other is there. */
  checkDatabase: { params: Record<string, never>; output: { problems: string[] } };
  /** A consistent copy of the database, while it is used. `file` is absolute and must not exist. */
  backup: { params: { file: string }; output: { file: string; bytes: number } };
  /** What takes space in the data folder, largest first. */
  diskUse: { params: Record<string, never>; output: DiskUse };
  /** Gives the space that deletions have freed in the database back. `alone`: nothing else writes to it for a while. */
  compactDatabase: { params: { alone: boolean }; output: { before: number; after: number } };
  /** Records a version of a dataset; `wait` packs it at once. `dvcCache` puts it into DVC's cache too, from now on. */
  dataAdd: {
    params: { path: string; message: string; dvcCache?: boolean; wait?: boolean };
    output: DataAddResult;
  };
  /** What has changed, of these datasets or of all. */
  dataStatus: { params: { paths: string[] }; output: DataStatusReport };
  dataList: { params: Record<string, never>; output: { datasets: DataSetSummary[] } };
  dataLog: { params: { path: string }; output: { versions: DataVersion[] } };
  /** `target` is `PATH[@VERSION]`; `force` gives up what was changed and is stored nowhere. */
  dataCheckout: { params: { target: string; force: boolean }; output: DataCheckoutResult };
  /** The files of a version, `PATH[@VERSION]`; with `now` what lies there at this moment. */
  dataFiles: { params: { target: string; now?: boolean }; output: DataFilesResult };
  /**
   * Restores one file of a version elsewhere: to the absolute path `to`, else to Cairn's own folder, where it may be
   * read for a day. `file` is one of a folder.
   */
  dataExtract: { params: { target: string; file?: string; to?: string }; output: DataExtractResult };
  /** What these files and folders are now, whether they are datasets or not. */
  dataNow: { params: { paths: string[] }; output: { data: DataNow[] } };
  /** What is known of a table so far; asked again while its rows are being counted. `file` is absolute. */
  tableOpen: { params: { file: string }; output: TableInfo };
  /** Cells of a table that was opened; `stamp` is what `tableOpen` gave. */
  tableRows: { params: { file: string; stamp: string; range: TableRange }; output: { rows: TableCell[][] } };
  /**
   * Counts rows and columns of stored tables and makes stored contents small, for so many milliseconds or until all are.
   * Tells how many are left, or damaged.
   */
  dataPack: { params: { maxMs?: number }; output: { left: number; damaged: number } };
  /** Sends what the pointers of these datasets, or of all, refer to; of the default remote without a name. */
  dataPush: { params: DataScope & { paths: string[]; remote?: string }; output: DataPushResult };
  /** Fetches it, and checks out what is missing or unchanged. */
  dataPull: { params: DataScope & { paths: string[]; remote?: string }; output: DataPullResult };
  /**
   * Writes a remote to `.dvc/config`; a relative path is one to `cwd`. `local` writes it to the file that Git does not
   * have, where secrets go in any case. `wrote` are relative paths.
   */
  remoteAdd: {
    params: {
      name: string;
      url: string;
      cwd: string;
      isDefault: boolean;
      force: boolean;
      local: boolean;
      options: Record<string, string>;
    };
    output: { remotes: DataRemote[]; wrote: string[] };
  };
  remoteList: { params: Record<string, never>; output: { remotes: DataRemote[] } };
  remoteRemove: { params: { name: string }; output: { remotes: DataRemote[]; wrote: string[] } };
}

/** Jobs about pipelines. */
export interface PipelineJobs {
  /** The stages of dvc.yaml and cairn.yaml and how each stands; all of them without targets. */
  stages: { params: StageSelection; output: StageGraph };
  /** The engine's own: which stages are to be looked at, in their order. `dvcCache` is kept for later times. */
  stagePlan: { params: StageSelection & { dvcCache?: boolean }; output: StagePlan };
  /** The engine's own: restores a stage's outputs, or makes it ready to run. */
  stagePrepare: { params: { name: string; force: boolean }; output: StagePrepared };
  /** The engine's own: stores what a stage has made and writes its lock. */
  stageFinish: {
    params: { name: string; before: StagePrepared["before"]; message: string };
    output: StageFinished;
  };
  /** Brings stages up to date, each as a run. Done by the engine, which tells of it by `repro`. */
  repro: { params: ReproParams; output: ReproResult };
}

export type JobParams<K extends JobKind> = Jobs[K]["params"];
export type JobOutput<K extends JobKind> = Jobs[K]["output"];

/** From the engine to a worker. One job at a time. */
export type ToWorker =
  | {
      type: "start";
      kind: string;
      params: Record<string, unknown>;
      project: string;
      dataDir: string;
      /** Another host owns the project. */
      readOnly?: boolean;
    }
  | { type: "abort" };

/** From a worker to the engine. */
export type FromWorker =
  | { type: "progress"; progress?: number; message?: string }
  | { type: "done"; output: unknown }
  | { type: "failed"; error: ErrorShape };
