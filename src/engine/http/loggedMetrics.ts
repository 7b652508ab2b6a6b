import type { LoggedMetric } from "../../core/tracking/types.js";
import {
  missing,
  optionalInteger,
  optionalList,
  optionalString,
  toDouble,
  toInteger,
  wrongType,
} from "./fields.js";
import type { Input } from "./input.js";

/**
 * The metrics of a log-batch. A thousand come in one request, so that the usual form (numbers, no links) is taken
 * straight; anything else goes the careful way, which also knows what to say.
 */
export function loggedMetrics(input: Input): LoggedMetric[] {
  const items = optionalList(input, "metrics");
  const metrics: LoggedMetric[] = [];
  for (const [index, item] of items.entries()) {
    metrics.push(plain(item) ?? careful(item, index));
  }
  return metrics;
}

function plain(item: unknown): LoggedMetric | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const { key, value, timestamp, step, model_id, dataset_name, dataset_digest } = item as Input;
  const usual =
    typeof key === "string" &&
    key !== "" &&
    typeof value === "number" &&
    Number.isFinite(value) &&
    typeof timestamp === "number" &&
    Number.isSafeInteger(timestamp) &&
    typeof step === "number" &&
    Number.isSafeInteger(step) &&
    model_id === undefined &&
    dataset_name === undefined &&
    dataset_digest === undefined;
  return usual ? { key, value, timestamp, step } : undefined;
}

function careful(item: unknown, index: number): LoggedMetric {
  if (typeof item !== "object" || item === null || Array.isArray(item)) throw wrongType("metrics", item);
  const input = item as Input;
  const path = `metrics[${index}]`;
  const { key, value, timestamp } = input;
  if (key === undefined || key === null || key === "") throw missing(`${path}.key`);
  if (value === undefined || value === null || value === "") throw missing(`${path}.value`);
  if (timestamp === undefined || timestamp === null || timestamp === "") throw missing(`${path}.timestamp`);
  if (typeof key !== "string") throw wrongType(`${path}.key`, key);
  const number = toDouble(value);
  if (number === undefined) throw wrongType(`${path}.value`, value);
  const time = toInteger(timestamp);
  if (time === undefined) throw wrongType(`${path}.timestamp`, timestamp);
  const step = optionalInteger(input, "step") ?? 0;
  return { key, value: number, timestamp: time, step, ...linksOf(input) };
}

/** Which logged model and dataset a metric belongs to; empty strings count as none. */
export function linksOf(input: Input): Pick<LoggedMetric, "modelId" | "datasetName" | "datasetDigest"> {
  const modelId = optionalString(input, "model_id");
  const datasetName = optionalString(input, "dataset_name");
  const datasetDigest = optionalString(input, "dataset_digest");
  return {
    ...(modelId ? { modelId } : {}),
    ...(datasetName ? { datasetName } : {}),
    ...(datasetDigest ? { datasetDigest } : {}),
  };
}
