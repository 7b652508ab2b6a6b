import { GIT_BRANCH, GIT_DIRTY } from "../core/runs/index.js";
import type { CodeState } from "../shared/capture.js";
import { INPUT_TAG, TAG, type KeyValue, type Run, type RunStatus } from "../shared/tracking.js";

/** A number, or what JSON has no number for. */
export type JsonNumber = number | "NaN" | "Infinity" | "-Infinity";

/** The contract of `run` and `runs show`; without `artifacts` that of `runs search` and `runs list`. */
export interface RunDocument {
  id: string;
  name: string;
  experiment: string;
  status: RunStatus;
  /** Milliseconds since the epoch. */
  startTime: number;
  endTime: number | null;
  exitCode: number | null;
  params: Record<string, string>;
  metrics: Record<string, { value: JsonNumber; step: number; timestamp: number }>;
  tags: Record<string, string>;
  git: { commit: string | null; branch: string | null; dirty: boolean | null };
  /** What was read. `version` is Cairn's own number of a dataset; null for a file that is not versioned. */
  data: { path: string; version: number | null; md5: string; context: string | null }[];
  /** Models that were read, and those that were made, at which step. */
  models: { id: string; made: boolean; step: number | null }[];
  /** The code as it was when the run started; null where it was not recorded, or not yet. */
  code?: CodeState | null;
  /** Paths of files below the run's artifact folder. */
  artifacts?: string[];
  deleted: boolean;
}

export function jsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/** Own property even for a name such as `__proto__`. */
function record<T>(pairs: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(pairs);
}

const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

const pairs = (items: readonly KeyValue[]): Record<string, string> =>
  record(items.map(({ key, value }) => [key, value] as const));

export function runDocument(run: Run, experiments: ReadonlyMap<string, string>): RunDocument {
  const { info, data, inputs, outputs } = run;
  const tags = pairs(data.tags);
  const exitCode = tags[TAG.exitCode];
  const dirty = tags[GIT_DIRTY];
  return {
    id: info.runId,
    name: info.runName,
    experiment: experiments.get(info.experimentId) ?? info.experimentId,
    status: info.status,
    startTime: info.startTime,
    endTime: info.endTime,
    exitCode: exitCode === undefined ? null : Number(exitCode),
    params: pairs(data.params),
    metrics: record(
      data.metrics.map(
        ({ key, value, step, timestamp }) => [key, { value: jsonNumber(value), step, timestamp }] as const,
      ),
    ),
    tags,
    git: {
      commit: tags[TAG.gitCommit] ?? null,
      branch: tags[GIT_BRANCH] ?? null,
      dirty: dirty === undefined ? null : dirty === "true",
    },
    data: inputs.datasetInputs.map(({ dataset, tags: about }) => ({
      path: dataset.name,
      version: numberOf(about.find(({ key }) => key === INPUT_TAG.version)?.value),
      md5: dataset.digest,
      context: about.find(({ key }) => key === INPUT_TAG.context)?.value ?? null,
    })),
    models: [
      ...inputs.modelInputs.map(({ modelId }) => ({ id: modelId, made: false, step: null })),
      ...outputs.modelOutputs.map(({ modelId, step }) => ({ id: modelId, made: true, step })),
    ],
    deleted: info.lifecycleStage === "deleted",
  };
}

export function formatNumber(value: JsonNumber): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** Local time, `2026-06-14 10:12`. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
