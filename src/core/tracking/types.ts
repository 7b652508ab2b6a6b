import type {
  DatasetInput,
  Experiment,
  KeyValue,
  LoggedModel,
  LoggedModelStatus,
  Metric,
  ModelInput,
  ModelOutput,
  Page,
  Run,
  RunInfo,
  RunStatus,
  ViewType,
} from "../../shared/tracking.js";
import type { MetricNames, MetricSeries, RunRow, RunTable, SeriesQuery } from "../../shared/protocol.js";

export interface SearchQuery {
  /** MLflow's grammar: reference in search/grammar. Empty means everything. */
  filter?: string;
  orderBy?: string[];
  maxResults?: number;
  pageToken?: string;
  viewType?: ViewType;
}

export interface RunSearch extends SearchQuery {
  experimentIds: string[];
  /** What to fill of `Run.data` and `Run.inputs`; all by default. A list of runs needs only part. */
  fields?: { metrics?: boolean; params?: boolean; tags?: boolean; inputs?: boolean };
}

/** What a table of runs shows, but for what only the launcher knows. */
export interface RunRows extends Omit<RunTable, "rows"> {
  rows: Omit<RunRow, "launched">[];
}

export interface NewRun {
  /** Chosen by the caller when a launcher must know it before the run exists; else made by the store. */
  runId?: string;
  experimentId: string;
  userId?: string;
  runName?: string;
  startTime?: number;
  status?: RunStatus;
  tags?: KeyValue[];
}

export interface RunUpdate {
  status?: RunStatus;
  endTime?: number;
  runName?: string;
  /** Moves the run to another experiment. Its artifacts do not move along: only for a run that has none yet. */
  experimentId?: string;
}

export interface Batch {
  metrics?: readonly LoggedMetric[];
  params?: readonly KeyValue[];
  tags?: readonly KeyValue[];
}

/** A metric as logged; the last three link it to a logged model and a dataset (MLflow 3). */
export interface LoggedMetric extends Metric {
  modelId?: string;
  datasetName?: string;
  datasetDigest?: string;
}

export interface NewLoggedModel {
  experimentId: string;
  name?: string;
  modelType?: string;
  sourceRunId?: string;
  params?: KeyValue[];
  tags?: KeyValue[];
}

/** A change that clients want to hear of. Emitted after the transaction has committed. */
export type StoreChange =
  | { kind: "experiment"; experimentId: string }
  | { kind: "run"; runId: string; experimentId: string }
  | { kind: "metrics"; runId: string; experimentId: string; metrics: readonly Metric[] };

/**
 * Everything that tracking reads and writes. Async throughout, so that a remote store can stand in for the SQLite
 * one. Every method throws CairnError: `invalid` for input that breaks MLflow's limits or rules, `notFound`,
 * `exists`, `refused` when the store is read-only, `full` when the disk is. A write that has resolved is durable
 * against the death of this process; a write that has thrown has changed nothing.
 */
export interface TrackingStore {
  createExperiment(input: {
    name: string;
    artifactLocation?: string;
    tags?: KeyValue[];
  }): Promise<Experiment>;
  getExperiment(experimentId: string): Promise<Experiment>;
  /** Also finds deleted ones, as MLflow does. */
  getExperimentByName(name: string): Promise<Experiment | undefined>;
  searchExperiments(query: SearchQuery): Promise<Page<Experiment>>;
  renameExperiment(experimentId: string, name: string): Promise<void>;
  deleteExperiment(experimentId: string): Promise<void>;
  restoreExperiment(experimentId: string): Promise<void>;
  setExperimentTag(experimentId: string, tag: KeyValue): Promise<void>;
  deleteExperimentTag(experimentId: string, key: string): Promise<void>;

  createRun(input: NewRun): Promise<Run>;
  getRun(runId: string): Promise<Run>;
  updateRun(runId: string, update: RunUpdate): Promise<RunInfo>;
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
  searchRuns(search: RunSearch): Promise<Page<Run>>;
  /**
   * The same, each run as the text that `write` makes of it, in UTF-8. `write` is always the same function: its texts
   * are kept until their run changes. `fields` has no meaning.
   */
  searchRunTexts(search: RunSearch, write: (run: Run) => string): Promise<Page<Uint8Array>>;
  /** Runs as rows of a table: far lighter than `searchRuns` where there are thousands. `fields` has no meaning. */
  listRunRows(search: RunSearch): Promise<RunRows>;

  /** One transaction: all of the batch or nothing. A repeated identical metric is one point. */
  logBatch(runId: string, batch: Batch): Promise<void>;
  deleteTag(runId: string, key: string): Promise<void>;
  logInputs(runId: string, datasets: readonly DatasetInput[], models?: readonly ModelInput[]): Promise<void>;
  logOutputs(runId: string, models: readonly ModelOutput[]): Promise<void>;

  getMetricHistory(
    runId: string,
    key: string,
    page?: { maxResults?: number; pageToken?: string },
  ): Promise<Page<Metric>>;
  /** Points for drawing: every point of short series, minimum and maximum of buckets for long ones. */
  getMetricSeries(query: SeriesQuery): Promise<MetricSeries[]>;
  /** Which metrics runs have, how many points of each, and between what values; no point is read. */
  getMetricNames(runIds: readonly string[]): Promise<MetricNames>;
  /** Names of all metrics and parameters of an experiment's runs, for columns. */
  listColumns(
    experimentIds: readonly string[],
  ): Promise<{ metrics: string[]; params: string[]; tags: string[] }>;

  createLoggedModel(input: NewLoggedModel): Promise<LoggedModel>;
  getLoggedModel(modelId: string): Promise<LoggedModel>;
  finalizeLoggedModel(modelId: string, status: LoggedModelStatus): Promise<LoggedModel>;
  deleteLoggedModel(modelId: string): Promise<void>;
  searchLoggedModels(search: SearchQuery & { experimentIds: string[] }): Promise<Page<LoggedModel>>;
  setLoggedModelTags(modelId: string, tags: readonly KeyValue[]): Promise<void>;
  deleteLoggedModelTag(modelId: string, key: string): Promise<void>;
  logLoggedModelParams(modelId: string, params: readonly KeyValue[]): Promise<void>;

  /** Calls back after each committed change; returns how to stop. */
  onChange(listener: (change: StoreChange) => void): () => void;
  close(): Promise<void>;
}
