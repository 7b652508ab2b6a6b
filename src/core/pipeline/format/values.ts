/*
 * What stands in pipeline and parameter files, with the distinctions that Python makes and JavaScript does not: `1` and
 * `1.0` are put into a command differently. Whole numbers are bigints, other numbers are Float.
 */

export class Float {
  constructor(readonly value: number) {}
}

/** A date or time as it was written, which Python's YAML reads as more than a text. */
export class Stamp {
  constructor(readonly text: string) {}
}

export type Scalar = null | boolean | bigint | Float | Stamp | string;
export type Value = Scalar | Value[] | Dict;
/** Keys are texts nearly always. */
export type Dict = Map<Scalar, Value>;

export const isDict = (value: unknown): value is Dict => value instanceof Map;

/** Python's `==`: `True == 1 == 1.0`. */
export function isSame(a: Value, b: Value): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((each, i) => isSame(each, b[i] ?? null));
  if (isDict(a)) {
    if (!isDict(b) || a.size !== b.size) return false;
    const others = new Map([...b].map(([key, value]) => [keyOf(key), value]));
    return [...a].every(([key, value]) => {
      const other = others.get(keyOf(key));
      return other !== undefined && isSame(value, other);
    });
  }
  if (Array.isArray(b) || isDict(b)) return false;
  return keyOf(a) === keyOf(b);
}

/** Equal for what Python takes for the same key. */
function keyOf(value: Scalar): string {
  if (value === null) return "null";
  if (typeof value === "string") return `s${value}`;
  if (value instanceof Stamp) return `t${value.text}`;
  if (typeof value === "boolean") return `n${value ? 1 : 0}`;
  if (typeof value === "bigint") return `n${value}`;
  return Number.isInteger(value.value) ? `n${BigInt(value.value)}` : `n${value.value}`;
}

/** Python's `str()`; of lists and mappings its `repr()`. */
export function pythonText(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof Stamp) return value.text;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Float) return pythonFloat(value.value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  return `{${[...value].map(([key, each]) => `${pythonRepr(key)}: ${pythonRepr(each)}`).join(", ")}}`;
}

function pythonRepr(value: Value): string {
  if (typeof value !== "string") return pythonText(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
}

/** As Python writes a float: the shortest digits that give it back, an exponent from 1e16 and below 1e-4. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? "-" : "+";
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = exponent < 0 ? value.toFixed(decimals(digits) - exponent) : wholeOr(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}

const decimals = (digits: string): number => digits.split(".")[1]?.length ?? 0;

const wholeOr = (value: number): string =>
  Number.isInteger(value) ? BigInt(value).toString() : String(value);

/** For people: as YAML writes it on one line. */
export function shown(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (isDict(value))
    return `{${[...value].map(([key, each]) => `${shown(key)}: ${shown(each)}`).join(", ")}}`;
  return pythonText(value);
}

/** Without the distinctions, for schemas that do not care. */
export function plain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (isDict(value))
    return Object.fromEntries([...value].map(([key, each]) => [pythonText(key), plain(each)]));
  if (value instanceof Float) return value.value;
  if (value instanceof Stamp) return value.text;
  return typeof value === "bigint" ? Number(value) : value;
}

/** The leaves of nested mappings under their joined keys, lists being leaves. */
export function flatten(value: Dict, separator = ".", prefix = ""): Map<string, Value> {
  const leaves = new Map<string, Value>();
  for (const [key, each] of value) {
    const name = prefix + pythonText(key);
    if (isDict(each) && each.size > 0)
      for (const [inner, leaf] of flatten(each, separator, name + separator)) leaves.set(inner, leaf);
    else leaves.set(name, each);
  }
  return leaves;
}
