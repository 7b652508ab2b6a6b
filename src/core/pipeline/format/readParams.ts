import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { CairnError, toError } from "../../../shared/errors.js";
import { type Dict, Float, isDict, type Scalar, type Value } from "./values.js";
import { readYaml } from "./readYaml.js";

/** Reads files of parameters, each once: YAML and JSON. TOML and Python, which DVC reads too, are refused by name. */
export class ParamFiles {
  private readonly read = new Map<string, Value>();

  /** Undefined where there is none. Throws CairnError `invalid` with the place for what cannot be read. */
  load(file: string, label: string): Value | undefined {
    const before = this.read.get(file);
    if (before !== undefined) return before;
    if (!existsSync(file)) return undefined;
    if (!statSync(file).isFile()) throw new CairnError("invalid", `${label} is no file of parameters.`);
    const value = parseParams(label, readFileSync(file, "utf8"));
    this.read.set(file, value);
    return value;
  }
}

/** @param label relative path of the file, whose ending tells the format */
export function parseParams(label: string, text: string): Value {
  const ending = path.extname(label).toLowerCase();
  if (ending === ".json") return readJson(label, text);
  if (ending === ".toml" || ending === ".py") {
    throw new CairnError("invalid", `Parameters in ${ending} files (${label}) are not read.`, {
      hint: "Keep them in YAML or JSON, or run this stage with `dvc repro`.",
    });
  }
  const { value, problems } = readYaml(label, text);
  if (problems.length > 0) throw new CairnError("invalid", `Failed to read ${problems[0] ?? label}`);
  return value ?? null;
}

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

function readJson(label: string, text: string): Value {
  try {
    const revive: Reviver = (_key, value, { source }) => {
      if (typeof value === "number")
        return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : new Float(value);
      if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof Float)
        return value;
      return new Map<Scalar, unknown>(Object.entries(value));
    };
    // What a number was written as is newer than the types of the language's library.
    const parse = JSON.parse as (text: string, reviver: Reviver) => Value;
    return parse(text.replace(/^\uFEFF/, ""), revive);
  } catch (error) {
    throw new CairnError("invalid", `Failed to read ${label}: ${toError(error).message}`);
  }
}

/** The value at a path of keys such as `train.lr` or `layers.0`, as DVC looks for it; undefined where there is none. */
export function paramAt(value: Value, name: string): Value | undefined {
  let found: Value | undefined = value;
  for (const part of name.split(".")) {
    if (Array.isArray(found)) found = /^\d+$/.test(part) ? found[Number(part)] : undefined;
    else if (isDict(found)) found = inDict(found, part);
    else return undefined;
    if (found === undefined) return undefined;
  }
  return found;
}

function inDict(dict: Dict, part: string): Value | undefined {
  const found = dict.get(part);
  return found === undefined && /^-?\d+$/.test(part) ? dict.get(BigInt(part)) : found;
}
