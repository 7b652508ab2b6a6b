import { parseDocument } from "yaml";
import type { KeyValue } from "../../shared/tracking.js";
import { allowedName } from "./names.js";
import { flattenParams, isMap } from "./params.js";
import { corrupt } from "./wire.js";

/**
 * Parameters in a YAML file, such as Lightning's hparams.yaml or DVCLive's params.yaml. Tags of Python objects are
 * read as what is written behind them. Throws CairnError `corrupt` for what is no YAML.
 */
export function readYamlParams(text: string): KeyValue[] {
  try {
    const document = parseDocument(text, { logLevel: "silent", uniqueKeys: false, strict: false });
    if (document.errors.length > 0) throw document.errors[0] ?? new Error("no YAML");
    return flattenParams(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    // The parser goes down into nested values: what is too deep ends its stack, not this process.
    throw corrupt(`The file is no YAML: ${error instanceof Error ? firstLine(error.message) : "unreadable"}`);
  }
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** Python writes numbers that JSON has no word for; one out of a double's range is read as infinite. */
function asJson(token: string): string {
  if (token === "NaN") return "null";
  return token.startsWith('"') ? token : token.replace("Infinity", "1e999");
}

/** DVCLive's metrics.json: the latest value of each metric and the step. Throws CairnError `corrupt` for other content. */
export function readDvcliveMetrics(text: string): { step: number; values: [string, number][] } {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, asJson));
  } catch {
    throw corrupt("The file is no JSON.");
  }
  if (!isMap(content)) throw corrupt("The file holds no metrics.");
  const values: [string, number][] = [];
  const visit = (name: string, value: unknown, depth: number): void => {
    if (typeof value === "number") {
      const key = allowedName(name);
      if (key !== "") values.push([key, value]);
    } else if (isMap(value) && depth < 16) {
      for (const [key, inner] of Object.entries(value))
        visit(name === "" ? key : `${name}/${key}`, inner, depth + 1);
    }
  };
  const { step, ...rest } = content;
  visit("", rest, 0);
  return { step: typeof step === "number" && Number.isSafeInteger(step) ? step : 0, values };
}
