/**
 * The words of tracking, shared by engine, host, CLI and panels. MLflow's names and meanings, camelCase.
 * Times are milliseconds since the epoch. Metric values may be NaN or infinite.
 */
export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
export type LifecycleStage = "active" | "deleted";
export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

export interface KeyValue {
  key: string;
  value: string;
}

export interface Metric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}

export interface Experiment {
  experimentId: string;
  name: string;
  artifactLocation: string;
  lifecycleStage: LifecycleStage;
  creationTime: number;
  lastUpdateTime: number;
  tags: KeyValue[];
}

export interface RunInfo {
  runId: string;
  runName: string;
  experimentId: string;
  userId: string;
  status: RunStatus;
  startTime: number;
  endTime: number | null;
  artifactUri: string;
  lifecycleStage: LifecycleStage;
}

export interface Dataset {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema?: string;
  profile?: string;
}

export interface DatasetInput {
  tags: KeyValue[];
  dataset: Dataset;
}

export interface ModelInput {
  modelId: string;
}

export interface ModelOutput {
  modelId: string;
  step: number;
}

export interface RunData {
  /** Latest of each key by (step, timestamp, value), sorted by key. */
  metrics: Metric[];
  params: KeyValue[];
  tags: KeyValue[];
}

export interface Run {
  info: RunInfo;
  data: RunData;
  inputs: { datasetInputs: DatasetInput[]; modelInputs: ModelInput[] };
  outputs: { modelOutputs: ModelOutput[] };
}

export type LoggedModelStatus = "LOGGED_MODEL_PENDING" | "LOGGED_MODEL_READY" | "LOGGED_MODEL_UPLOAD_FAILED";

export interface LoggedModelMetric extends Metric {
  modelId: string;
  runId: string;
  datasetName?: string;
  datasetDigest?: string;
}

export interface LoggedModel {
  modelId: string;
  experimentId: string;
  name: string;
  creationTime: number;
  lastUpdateTime: number;
  artifactUri: string;
  status: LoggedModelStatus;
  statusMessage?: string;
  modelType?: string;
  sourceRunId?: string;
  tags: KeyValue[];
  params: KeyValue[];
  metrics: LoggedModelMetric[];
}

export interface FileInfo {
  /** Relative to the artifact root, `/` between parts. */
  path: string;
  isDir: boolean;
  /** Bytes; absent for folders. */
  fileSize?: number;
}

export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/** Tags that carry meaning in MLflow and in Cairn. */
export const TAG = {
  parentRunId: "mlflow.parentRunId",
  user: "mlflow.user",
  runName: "mlflow.runName",
  sourceName: "mlflow.source.name",
  sourceType: "mlflow.source.type",
  gitCommit: "mlflow.source.git.commit",
  note: "mlflow.note.content",
  /** "true" on runs that the user has starred. */
  star: "cairn.star",
  entry: "cairn.entry",
  command: "cairn.command",
  /** How it was started besides, as JSON: a `LaunchRecord`. */
  launch: "cairn.launch",
  /** The stage of a pipeline that the run is of. */
  stage: "cairn.stage",
  exitCode: "cairn.exitCode",
  /** Why a run ended that did not end by itself: "stopped", "signal SIGKILL", "process is gone". */
  endReason: "cairn.endReason",
} as const;

/** Tags of a dataset input. */
export const INPUT_TAG = {
  context: "mlflow.data.context",
  /** "true" where the data changed between the start of the run and its digest. */
  changed: "cairn.data.changed",
  /** Number of the version of the dataset, as `cairn data log` shows it. */
  version: "cairn.data.version",
} as const;

/** Whether a tag is neither MLflow's nor Cairn's own, but set by the user. */
export function isUserTag(key: string): boolean {
  return !key.startsWith("mlflow.") && !key.startsWith("cairn.");
}

/** The file that a dataset was read from: MLflow's client writes its source as JSON, others as a path. */
export function pathOfSource({ sourceType, source }: Dataset): string | undefined {
  if (sourceType !== "local") return undefined;
  try {
    const { uri } = JSON.parse(source) as { uri?: unknown };
    return typeof uri === "string" ? uri : undefined;
  } catch {
    return source === "" ? undefined : source;
  }
}
