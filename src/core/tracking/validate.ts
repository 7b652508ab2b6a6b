import { CairnError } from "../../shared/errors.js";
import type { DatasetInput, KeyValue } from "../../shared/tracking.js";
import type { Batch, LoggedMetric } from "./types.js";

/** MLflow's limits (mlflow/utils/validation.py, 3.18). Lengths are in characters. */
export const LIMITS = {
  metricsPerBatch: 1000,
  paramsPerBatch: 100,
  tagsPerBatch: 100,
  entitiesPerBatch: 1000,
  key: 250,
  paramValue: 6000,
  tagValue: 8000,
  experimentName: 500,
  experimentTagValue: 20_000,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
} as const;

export function invalid(message: string): CairnError {
  return new CairnError("invalid", message);
}

/** JSON as Python's `json.dumps` writes it: only ASCII. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function invalidValue(path: string, value: unknown, message?: string): CairnError {
  const supplied = `Invalid value ${quote(value)} for parameter '${path}' supplied`;
  return invalid(message === undefined ? `${supplied}.` : `${supplied}: ${message}`);
}

export function missingValue(path: string): CairnError {
  return invalid(`Missing value for required parameter '${path}'.`);
}

function tooLong(path: string, limit: number): CairnError {
  return invalid(`'${path}' exceeds the maximum length of ${limit} characters`);
}

function checkLength(path: string, value: string, limit: number): void {
  // Python counts code points; a length in UTF-16 units is never smaller.
  if (value.length > limit && [...value].length > limit) throw tooLong(path, limit);
}

/** Beyond MLflow's, marks: without them whole scripts (Hindi, Thai) could not be written. */
const NAME = process.platform === "win32" ? /^[/\p{L}\p{M}\p{N}_.\- ]*$/u : /^[/\p{L}\p{M}\p{N}_.\- :]*$/u;
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_\- ]*$/;
const BAD_CHARACTERS = `Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( )${
  process.platform === "win32" ? "" : ", colon(:)"
} and slashes (/).`;

/** As Python's posixpath.normpath. */
function normalise(path: string): string {
  const absolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!absolute) parts.push(part);
  }
  const lead = !absolute ? "" : path.startsWith("//") && !path.startsWith("///") ? "//" : "/";
  return lead + parts.join("/") || ".";
}

/** A metric's, parameter's or tag's name; it may become a path, so it must be one that stays what it is. */
export function checkName(name: string, path: string): void {
  if (PLAIN_NAME.test(name)) return;
  if (!NAME.test(name)) throw invalidValue(path, name, BAD_CHARACTERS);
  const normal = normalise(name);
  if (normal !== name || normal === "." || normal.startsWith("..") || normal.startsWith("/")) {
    throw invalidValue(
      path,
      name,
      "Names may be treated as files in certain cases, and must not resolve to other names" +
        ` when treated as such. This name would resolve to '${normal}'`,
    );
  }
}

const join = (path: string, part: string) => (path === "" ? part : `${path}.${part}`);

function checkMetric(metric: LoggedMetric, path: string): void {
  const { key, value, timestamp, step } = metric;
  checkName(key, join(path, "name"));
  if (typeof value !== "number") {
    throw invalidValue(
      join(path, "value"),
      value,
      `(timestamp=${timestamp}). Please specify value as a valid double (64-bit floating point)`,
    );
  }
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw invalidValue(
      join(path, "timestamp"),
      timestamp,
      `metric '${key}' (value=${value}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  if (!Number.isSafeInteger(step)) {
    throw invalidValue(
      join(path, "step"),
      step,
      `metric '${key}' (value=${value}). Step must be a valid long (64-bit integer).`,
    );
  }
  checkLength("Metric name", key, LIMITS.key);
}

export function checkParam({ key, value }: KeyValue, path = ""): void {
  checkName(key, join(path, "key"));
  checkLength("Param key", key, LIMITS.key);
  checkLength("Param value", value, LIMITS.paramValue);
}

export function checkTag({ key, value }: KeyValue, path = ""): void {
  checkName(key, join(path, "key"));
  checkLength(join(path, "key"), key, LIMITS.key);
  checkLength(join(path, "value"), value, LIMITS.tagValue);
}

export function checkExperimentTag({ key, value }: KeyValue): void {
  checkName(key, "key");
  checkLength("key", key, LIMITS.key);
  checkLength("value", value, LIMITS.experimentTagValue);
}

export function checkExperimentName(name: string): void {
  if (name === "") throw invalid(`Invalid experiment name: '${name}'`);
  checkLength("name", name, LIMITS.experimentName);
}

const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

export function checkRunId(runId: string): void {
  if (!RUN_ID.test(runId)) throw invalidValue("run_id", runId);
}

function checkCount(what: string, count: number, limit: number): void {
  if (count <= limit) return;
  throw invalid(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. ` +
      `Please split up ${what} across multiple requests and try again.`,
  );
}

export function checkBatch({ metrics = [], params = [], tags = [] }: Batch): void {
  const single = metrics.length === 1;
  for (let i = 0; i < metrics.length; i++) {
    const metric = metrics[i];
    // The path is built only when it is needed: this runs for every point.
    if (metric && !isPlain(metric)) checkMetric(metric, single ? "" : `metrics[${i}]`);
  }
  for (const [i, param] of params.entries()) checkParam(param, `params[${i}]`);
  for (const [i, tag] of tags.entries()) checkTag(tag, `tags[${i}]`);
  checkCount("metrics", metrics.length, LIMITS.metricsPerBatch);
  checkCount("params", params.length, LIMITS.paramsPerBatch);
  checkCount("tags", tags.length, LIMITS.tagsPerBatch);
  checkCount(
    "metrics, params, and tags",
    metrics.length + params.length + tags.length,
    LIMITS.entitiesPerBatch,
  );
  checkUnique(params);
}

/** True for what most metrics are; false only means: look closer. */
function isPlain({ key, value, timestamp, step }: LoggedMetric): boolean {
  return (
    typeof value === "number" &&
    Number.isSafeInteger(timestamp) &&
    timestamp >= 0 &&
    Number.isSafeInteger(step) &&
    key.length <= LIMITS.key &&
    PLAIN_NAME.test(key)
  );
}

export function checkUnique(params: readonly KeyValue[]): void {
  const seen = new Set<string>();
  const twice = params.map(({ key }) => key).filter((key) => seen.size === seen.add(key).size);
  if (twice.length === 0) return;
  throw invalid(
    `Duplicate parameter keys have been submitted: [${twice.map((key) => `'${key}'`).join(", ")}]. ` +
      "Please ensure the request contains only one param value per param key.",
  );
}

export function checkDatasetInputs(inputs: readonly DatasetInput[]): void {
  for (const { dataset, tags } of inputs) {
    checkLength("name", dataset.name, LIMITS.datasetName);
    checkLength("digest", dataset.digest, LIMITS.datasetDigest);
    checkLength("source", dataset.source, LIMITS.datasetSource);
    if (dataset.schema !== undefined) checkLength("schema", dataset.schema, LIMITS.datasetSchema);
    if (dataset.profile !== undefined) checkLength("profile", dataset.profile, LIMITS.datasetProfile);
    for (const { key, value } of tags) {
      checkLength("key", key, LIMITS.inputTagKey);
      checkLength("value", value, LIMITS.inputTagValue);
    }
  }
}

const BAD_MODEL_CHARACTERS = /[/:.%"']/;

export function checkModelName(name: string): void {
  if (name !== "" && !BAD_MODEL_CHARACTERS.test(name)) return;
  throw invalid(
    `Invalid model name ('${name}') provided. Model name must be a non-empty string ` +
      `and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}

/** Pages: 1 to 50,000 items. */
export function checkMaxResults(maxResults: number): void {
  const supplied = `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be`;
  if (!Number.isInteger(maxResults) || maxResults < 1) throw invalid(`${supplied} a positive integer`);
  if (maxResults > 50_000) throw invalid(`${supplied} at most 50000`);
}

/** Experiments are numbers that travel as strings. */
export function parseExperimentId(experimentId: string): number {
  if (/^\s*[+-]?\d{1,15}\s*$/.test(experimentId)) return Number(experimentId);
  throw invalid(`Invalid experiment ID '${experimentId}'. Experiment ID must be a valid integer.`);
}
