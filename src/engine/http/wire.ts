import type {
  DatasetInput,
  Experiment,
  FileInfo,
  KeyValue,
  LoggedModel,
  Metric,
  Page,
  Run,
  RunInfo,
} from "../../shared/tracking.js";

/*
 * Cairn's records as MLflow's JSON: snake_case, empty lists left out, whole numbers as numbers. A property that is
 * undefined does not appear.
 */

/** Doubles that JSON has no number for, by protobuf's names. */
export function double(value: number): number | string {
  return Number.isFinite(value) ? value : Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

export function list<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

export function experimentJson(experiment: Experiment): object {
  return {
    experiment_id: experiment.experimentId,
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: experiment.lifecycleStage,
    last_update_time: experiment.lastUpdateTime,
    creation_time: experiment.creationTime,
    tags: list(experiment.tags),
  };
}

export function runInfoJson(info: RunInfo): object {
  return {
    run_id: info.runId,
    run_uuid: info.runId,
    run_name: info.runName,
    experiment_id: info.experimentId,
    user_id: info.userId,
    status: info.status,
    start_time: info.startTime,
    end_time: info.endTime ?? undefined,
    artifact_uri: info.artifactUri,
    lifecycle_stage: info.lifecycleStage,
  };
}

export function metricJson(metric: Metric): object {
  return { key: metric.key, value: double(metric.value), timestamp: metric.timestamp, step: metric.step };
}

function emptyToAbsent(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function datasetInputJson(input: DatasetInput): object {
  const { dataset } = input;
  return {
    tags: list(input.tags),
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      schema: emptyToAbsent(dataset.schema),
      profile: emptyToAbsent(dataset.profile),
    },
  };
}

export function runJson(run: Run): object {
  const { data, inputs, outputs } = run;
  return {
    info: runInfoJson(run.info),
    data: {
      // Records of this shape already are MLflow's JSON; only a value that JSON cannot hold needs another.
      metrics: list(data.metrics.every(isFinite) ? data.metrics : data.metrics.map(metricJson)),
      params: list(data.params),
      tags: list(data.tags),
    },
    inputs: {
      dataset_inputs: list(inputs.datasetInputs.map(datasetInputJson)),
      model_inputs: list(inputs.modelInputs.map((model) => ({ model_id: model.modelId }))),
    },
    outputs: {
      model_outputs: list(
        outputs.modelOutputs.map((model) => ({ model_id: model.modelId, step: model.step })),
      ),
    },
  };
}

export function runText(run: Run): string {
  return JSON.stringify(runJson(run));
}

/** The JSON of a page of runs, put together from theirs; an empty list is left out. */
export function runPageText({ items, nextPageToken }: Page<Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const item of items) parts.push(parts.length === 0 ? RUNS : COMMA, item);
  if (parts.length > 0) parts.push(END_OF_RUNS);
  const token = nextPageToken === undefined ? "" : `"next_page_token":${JSON.stringify(nextPageToken)}`;
  const separator = parts.length > 0 && token !== "" ? "," : "";
  return Buffer.concat([OPEN, ...parts, Buffer.from(`${separator}${token}}`)]);
}

const OPEN = Buffer.from("{");
const RUNS = Buffer.from('"runs":[');
const COMMA = Buffer.from(",");
const END_OF_RUNS = Buffer.from("]");

function isFinite(metric: Metric): boolean {
  return Number.isFinite(metric.value);
}

export function fileJson(file: FileInfo, path = file.path): object {
  return { path, is_dir: file.isDir, file_size: file.fileSize === 0 ? undefined : file.fileSize };
}

export function loggedModelJson(model: LoggedModel): object {
  return {
    info: {
      model_id: model.modelId,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.creationTime,
      last_updated_timestamp_ms: model.lastUpdateTime,
      artifact_uri: model.artifactUri,
      status: model.status,
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      status_message: model.statusMessage,
      tags: list<KeyValue>(model.tags),
    },
    data: {
      params: list<KeyValue>(model.params),
      metrics: list(
        model.metrics.map((metric) => ({
          ...metricJson(metric),
          dataset_name: metric.datasetName,
          dataset_digest: metric.datasetDigest,
          model_id: metric.modelId,
          run_id: metric.runId,
        })),
      ),
    },
  };
}
