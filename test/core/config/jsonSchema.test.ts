import Ajv2020 from "ajv/dist/2020.js";
import path from "node:path";
import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { configJsonSchema } from "../../../src/core/config/index.js";
import { root } from "../../host/paths.ts";

const file = path.join(root, "media", "schema", "cairn.schema.json");

test("the JSON schema that editors complete from is the one of the code (vitest -u writes it)", async () => {
  const options = await resolveConfig(file);
  const text = await format(JSON.stringify(configJsonSchema()), { ...options, parser: "json" });
  await expect(text).toMatchFileSnapshot(file);
});

test("the JSON schema takes the sample's file and refuses a misspelt key", () => {
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(file, "utf8")) as object);
  const sample: unknown = parse(readFileSync(path.join(root, "media", "sample", "cairn.yaml"), "utf8"));
  expect(validate(sample), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ entries: { a: { comand: "x" } } })).toBe(false);
});
