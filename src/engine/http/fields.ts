import type { KeyValue } from "../../shared/tracking.js";
import { invalid } from "./faults.js";
import type { Input } from "./input.js";

/*
 * Readers of one field each, in the way protobuf's JSON form is read: null is absent, a whole number may come as a
 * string, a double may be "NaN" or "Infinity". They throw MLflow's own sentences, which its clients' tests assert.
 */

const ADVICE = " See the API docs for more information about request parameters.";

export function missing(name: string): Error {
  return invalid(`Missing value for required parameter '${name}'.${ADVICE}`);
}

export function wrongType(name: string, value: unknown): Error {
  const shown = shorten(value);
  const hint = ` Hint: Value was of type '${pythonType(value)}'.`;
  return invalid(`Invalid value ${shown} for parameter '${name}' supplied: ${hint}${ADVICE}`);
}

/** Bounded, and safe against values nested deeper than the stack. */
function shorten(value: unknown): string {
  try {
    return JSON.stringify(value).slice(0, 1000);
  } catch {
    return "…";
  }
}

function pythonType(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return "dict";
}

function valueOf(input: Input, name: string): unknown {
  const value = input[name];
  return value === null ? undefined : value;
}

export function optionalString(input: Input, name: string): string | undefined {
  const value = valueOf(input, name);
  if (value !== undefined && typeof value !== "string") throw wrongType(name, value);
  return value;
}

/** For fields where protobuf's empty string means that nothing was said. */
export function nonEmptyString(input: Input, name: string): string | undefined {
  const value = optionalString(input, name);
  return value === "" ? undefined : value;
}

export function requiredString(input: Input, name: string): string {
  const value = valueOf(input, name);
  if (value === undefined || value === "") throw missing(name);
  if (typeof value !== "string") throw wrongType(name, value);
  return value;
}

/** `run_uuid` is `run_id`'s older name, and clients send both. */
export function runIdOf(input: Input): string {
  return (
    nonEmptyString(input, "run_id") ?? nonEmptyString(input, "run_uuid") ?? requiredString(input, "run_id")
  );
}

/** A whole number (int64 on the wire) that a double holds exactly. */
export function toInteger(value: unknown): number | undefined {
  const number = typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

export function optionalInteger(input: Input, name: string): number | undefined {
  const value = valueOf(input, name);
  if (value === undefined) return undefined;
  const number = toInteger(value);
  if (number === undefined) throw wrongType(name, value);
  return number;
}

export function requiredInteger(input: Input, name: string): number {
  const value = valueOf(input, name);
  if (value === undefined || value === "") throw missing(name);
  const number = toInteger(value);
  if (number === undefined) throw wrongType(name, value);
  return number;
}

const special: Record<string, number> = { NaN, Infinity, "-Infinity": -Infinity };

export function toDouble(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string") return undefined;
  const named = special[value];
  if (named !== undefined) return named;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function requiredDouble(input: Input, name: string): number {
  const value = valueOf(input, name);
  if (value === undefined || value === "") throw missing(name);
  const number = toDouble(value);
  if (number === undefined) throw wrongType(name, value);
  return number;
}

export function optionalBoolean(input: Input, name: string): boolean | undefined {
  const value = valueOf(input, name);
  if (value === undefined || typeof value === "boolean") return value;
  throw wrongType(name, value);
}

/** One of an enum's names, or its number in protobuf. */
export function optionalEnum<Name extends string>(
  input: Input,
  name: string,
  values: Readonly<Record<Name, number>>,
): Name | undefined {
  const value = valueOf(input, name);
  if (value === undefined) return undefined;
  const entries = Object.entries(values) as [Name, number][];
  const found = entries.find(([key, number]) => key === value || number === toInteger(value));
  if (!found) throw wrongType(name, value);
  return found[0];
}

export function optionalList(input: Input, name: string): unknown[] {
  const value = valueOf(input, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongType(name, value);
  return value as unknown[];
}

export function optionalStrings(input: Input, name: string): string[] {
  return optionalList(input, name).map((item) => {
    if (typeof item !== "string") throw wrongType(name, input[name]);
    return item;
  });
}

export function optionalMessages(input: Input, name: string): Input[] {
  return optionalList(input, name).map((item) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) throw wrongType(name, item);
    return item as Input;
  });
}

export function optionalMessage(input: Input, name: string): Input | undefined {
  const value = valueOf(input, name);
  if (value === undefined) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw wrongType(name, value);
  return value as Input;
}

/** A list of `{key, value}`; a value that is left out is empty, as in protobuf. */
export function keyValues(input: Input, name: string): KeyValue[] {
  return optionalMessages(input, name).map((item, index) => {
    const key = valueOf(item, "key");
    if (key === undefined || key === "") throw missing(`${name}[${index}].key`);
    if (typeof key !== "string") throw wrongType(`${name}[${index}].key`, key);
    const value = valueOf(item, "value") ?? "";
    if (typeof value !== "string") throw wrongType(`${name}[${index}].value`, value);
    return { key, value };
  });
}
