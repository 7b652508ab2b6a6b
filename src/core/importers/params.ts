import type { KeyValue } from "../../shared/tracking.js";
import { allowedName } from "./names.js";

/** MLflow's limit of a parameter's value, in characters. */
const MAX_VALUE = 6000;
const MAX_DEPTH = 16;
const MAX_PARAMS = 5000;

/** As Python's `str` writes it, and so as MLflow's client logs it. */
export function pythonText(value: string | number | boolean | null): string {
  if (value === null) return "None";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return String(value);
}

export function limitedParam(key: string, value: string): KeyValue {
  return { key, value: value.length <= MAX_VALUE ? value : value.slice(0, MAX_VALUE) };
}

/**
 * Nested values as parameters: names of maps are joined by dots, lists and what lies deeper than 16 levels become JSON.
 * At most 5,000; names become ones that MLflow allows.
 */
export function flattenParams(value: unknown): KeyValue[] {
  const params = new Map<string, KeyValue>();
  const visit = (name: string, each: unknown, depth: number): void => {
    if (params.size >= MAX_PARAMS) return;
    if (isMap(each) && depth < MAX_DEPTH && Object.keys(each).length > 0) {
      for (const [key, inner] of Object.entries(each))
        visit(name === "" ? key : `${name}.${key}`, inner, depth + 1);
      return;
    }
    const key = allowedName(name);
    if (key !== "" && !params.has(key)) params.set(key, limitedParam(key, textOf(each)));
  };
  if (isMap(value)) visit("", value, 0);
  return [...params.values()];
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (value === undefined) return "None";
  if (
    value === null ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean"
  ) {
    return pythonText(value);
  }
  if (typeof value === "bigint") return value.toString();
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return ""; // nested deeper than the stack
  }
}
