import { expect, test } from "vitest";
import { createRedactor } from "../../../src/core/redact/index.js";

const redactor = createRedactor(["*_PIN", "*.env"]);
const key = "sk9f8Qw3zXc7VbN2mK5jH1gL4pO6iU0y";

test.each([
  [
    ["train.py", "--token", "abc"],
    ["train.py", "--token", "***"],
  ],
  [
    ["train.py", "--api-key=abc"],
    ["train.py", "--api-key=***"],
  ],
  [
    ["env", "AWS_SECRET_ACCESS_KEY=x y", "run"],
    ["env", "AWS_SECRET_ACCESS_KEY=***", "run"],
  ],
  [
    ["train.py", key],
    ["train.py", "***"],
  ],
  [
    ["train.py", "--config", "prod.env"],
    ["train.py", "--config", "***"],
  ],
  [["DOOR_PIN=1234"], ["DOOR_PIN=***"]],
  [
    [`python train.py --password hunter2 --lr 0.1 && X_TOKEN=abc ./go`],
    ["python train.py --password *** --lr 0.1 && X_TOKEN=*** ./go"],
  ],
  [
    ["--password", "two words"],
    ["--password", "***"],
  ],
])("of %j is recorded %j", (argv, expected) => {
  const { value, leftOut } = redactor.arguments(argv);
  expect(value).toEqual(expected);
  expect(leftOut.length).toBeGreaterThan(0);
  expect(leftOut.join()).not.toContain(key);
});

test.each([
  [["--max_tokens", "128", "--tokenizer", "bert-base-uncased", "--pad_token", "[PAD]"]],
  [["--checkpoint", "0123456789abcdef0123456789abcdef"]],
  [["data/2026-07-01/very-long-readings-file-name.csv", "--experiment", "meter_reader_baseline_2"]],
])("nothing of %j is a secret", (argv) => {
  expect(redactor.arguments(argv)).toEqual({ value: argv, leftOut: [] });
});

test("parameters are judged by name and value", () => {
  expect(redactor.params({ lr: "0.1", hf_token: "x", salt: key })).toEqual({
    value: { lr: "0.1", hf_token: "***", salt: "***" },
    leftOut: ["hf_token", "salt"],
  });
});
