import { describe, expect, it } from "vitest";
import type { Batch } from "../../../src/core/tracking/index.ts";
import { LIMITS } from "../../../src/core/tracking/index.ts";
import {
  checkBatch,
  checkDatasetInputs,
  checkExperimentName,
  checkModelName,
  checkRunId,
  parseExperimentId,
} from "../../../src/core/tracking/validate.ts";
import { randomName } from "../../../src/core/tracking/randomName.ts";

const metric = (change: object) => ({ key: "m", value: 1, step: 0, timestamp: 0, ...change });
const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
const pair = (key: string, value = "") => ({ key, value });

// Recorded from mlflow.utils.validation; a server's answers are compared with a real one's over HTTP.
const BAD_NAME =
  "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";
const BAD_PATH =
  "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. " +
  "This name would resolve to ";

describe("MLflow's limits, in MLflow's words", () => {
  it.each<[string, Batch, string]>([
    [
      "a star",
      { metrics: [metric({ key: "a*" })] },
      `Invalid value "a*" for parameter 'name' supplied: ${BAD_NAME}`,
    ],
    [
      "a path that changes",
      { metrics: [metric({}), metric({ key: "./a" })] },
      `Invalid value "./a" for parameter 'metrics[1].name' supplied: ${BAD_PATH}'a'`,
    ],
    [
      "no name",
      { params: [pair("")] },
      `Invalid value "" for parameter 'params[0].key' supplied: ${BAD_PATH}'.'`,
    ],
    [
      "a way out",
      { tags: [pair("../a")] },
      `Invalid value "../a" for parameter 'tags[0].key' supplied: ${BAD_PATH}'../a'`,
    ],
    [
      "an absolute path",
      { tags: [pair("/a")] },
      `Invalid value "/a" for parameter 'tags[0].key' supplied: ${BAD_PATH}'/a'`,
    ],
    [
      "a long metric",
      { metrics: [metric({ key: "m".repeat(251) })] },
      "'Metric name' exceeds the maximum length of 250 characters",
    ],
    [
      "a long parameter",
      { params: [pair("p", "x".repeat(6001))] },
      "'Param value' exceeds the maximum length of 6000 characters",
    ],
    [
      "a long tag",
      { tags: [pair("t", "x".repeat(8001))] },
      "'tags[0].value' exceeds the maximum length of 8000 characters",
    ],
    [
      "a text as value",
      { metrics: [metric({ value: "1" })] },
      "Invalid value \"1\" for parameter 'value' supplied: (timestamp=0). Please specify value as a valid double (64-bit floating point)",
    ],
    [
      "a time before 1970",
      { metrics: [metric({ timestamp: -5 })] },
      "Invalid value -5 for parameter 'timestamp' supplied: metric 'm' (value=1). Timestamp must be a nonnegative long (64-bit integer) ",
    ],
    [
      "half a step",
      { metrics: [metric({ step: 0.5 })] },
      "Invalid value 0.5 for parameter 'step' supplied: metric 'm' (value=1). Step must be a valid long (64-bit integer).",
    ],
    [
      "too many metrics",
      { metrics: many(1001, (i) => metric({ step: i })) },
      "A batch logging request can contain at most 1000 metrics. Got 1001 metrics. Please split up metrics across multiple requests and try again.",
    ],
    [
      "too many parameters",
      { params: many(101, (i) => pair(`p${i}`)) },
      "at most 100 params. Got 101 params.",
    ],
    ["too many tags", { tags: many(101, (i) => pair(`t${i}`)) }, "at most 100 tags. Got 101 tags."],
    [
      "too much of all",
      { metrics: many(1000, (i) => metric({ step: i })), tags: [pair("t")] },
      "at most 1000 metrics, params, and tags. Got 1001 metrics, params, and tags.",
    ],
    [
      "a parameter twice",
      { params: [pair("a"), pair("b"), pair("a", "x")] },
      "Duplicate parameter keys have been submitted: ['a'].",
    ],
  ])("refuse %s", (_, batch, message) => {
    expect(() => {
      checkBatch(batch);
    }).toThrow(message);
  });

  it("let through what is just within them", () => {
    checkBatch({
      metrics: many(798, (i) => metric({ key: "dir/a: b_c-d.é", step: -i, value: NaN })),
      params: many(100, (i) => pair(`p${i}`.padEnd(250, "x"), "v".repeat(6000))),
      tags: many(100, (i) => pair(`mlflow.t${i}`, "💥".repeat(8000))),
    });
    checkExperimentName("é".repeat(LIMITS.experimentName));
    checkRunId(`a${"-".repeat(255)}`);
    expect(parseExperimentId("07")).toBe(7);
  });

  it("refuse bad names and ids of other things", () => {
    expect(() => {
      checkRunId("../x");
    }).toThrow("Invalid value \"../x\" for parameter 'run_id' supplied.");
    expect(() => {
      checkExperimentName("x".repeat(501));
    }).toThrow("'name' exceeds the maximum length of 500 characters");
    expect(() => {
      checkModelName("");
    }).toThrow("Model name must be a non-empty string");
    expect(() => parseExperimentId("1e3")).toThrow("Experiment ID must be a valid integer.");
    const dataset = { name: "d", digest: "x".repeat(37), sourceType: "s", source: "s" };
    expect(() => {
      checkDatasetInputs([{ dataset, tags: [] }]);
    }).toThrow("'digest' exceeds the maximum length of 36 characters");
  });

  it("name runs like MLflow does", () => {
    for (const name of many(200, randomName)) expect(name).toMatch(/^(?=.{1,20}$)[a-z]+-[a-z]+-\d+$/);
  });
});
