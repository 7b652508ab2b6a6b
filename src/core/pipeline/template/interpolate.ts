import { flatten, isDict, pythonText, type Value } from "../format/values.js";

/*
 * `${…}` of dvc.yaml. An expression is a path of names with `.name` or `[name]`; a string that is nothing but one
 * expression becomes the value itself, otherwise values are put in as text. `\${` is a literal `${`.
 */

const EXPRESSION = /(?<!\\)\$\{(.*?)\}/gu;
const PATH = /^\s*[^.[\]]+(\.[^.[\]]+|\[[^.[\]]+\])*\s*$/u;

/** How a mapping becomes arguments of a command: DVC's settings `parsing.bool` and `parsing.list`. */
export interface ArgumentStyle {
  bool: "store_true" | "boolean_optional";
  list: "nargs" | "append";
}

export class TemplateError extends Error {}

export const hasExpression = (text: string): boolean => new RegExp(EXPRESSION.source, "u").test(text);

/**
 * A string with its expressions filled in.
 * @param select gives the value at a path; throws TemplateError where there is none
 * @param key the field of the stage, which decides what may be put into it: mappings only into `cmd`
 */
export function resolveText(
  text: string,
  select: (path: string) => Value,
  key: string,
  style: ArgumentStyle,
): Value {
  const matches = [...text.matchAll(EXPRESSION)];
  const [first] = matches;
  if (first && matches.length === 1 && first[0] === text) {
    const value = select(pathOf(first[1] ?? ""));
    assertFits(value, key);
    return value;
  }
  let result = "";
  let at = 0;
  for (const match of matches) {
    const value = select(pathOf(match[1] ?? ""));
    assertFits(value, key);
    result += text.slice(at, match.index) + inText(value, style);
    at = match.index + match[0].length;
  }
  return (result + text.slice(at)).replaceAll("\\${", "${");
}

/** A value with all its strings filled in, keys of mappings too. */
export function resolveValue(
  value: Value,
  select: (path: string) => Value,
  key: string,
  style: ArgumentStyle,
): Value {
  if (typeof value === "string") return resolveText(value, select, key, style);
  if (Array.isArray(value)) return value.map((each) => resolveValue(each, select, key, style));
  if (!isDict(value)) return value;
  return new Map(
    [...value].map(([name, each]) => {
      const resolved = typeof name === "string" ? resolveText(name, select, key, style) : name;
      if (Array.isArray(resolved) || isDict(resolved))
        throw new TemplateError(`${pythonText(name)} is no name`);
      return [resolved, resolveValue(each, select, key, style)];
    }),
  );
}

function pathOf(expression: string): string {
  if (PATH.test(expression)) return expression.trim();
  throw new TemplateError(`\${${expression}} is no path of names such as \${model.lr}`);
}

/** The parts of a path. */
export function partsOf(expression: string): string[] {
  return expression
    .replaceAll("[", ".")
    .replaceAll("]", "")
    .split(".")
    .map((part) => part.trim());
}

function assertFits(value: Value, key: string): void {
  if (!Array.isArray(value) && !isDict(value)) return;
  if (isDict(value) && key === "cmd") return;
  if (key === "foreach" || key === "matrix") return;
  throw new TemplateError(`a ${isDict(value) ? "mapping" : "list"} cannot be put into ${key}`);
}

/** As DVC writes a value inside other text. */
export function inText(value: Value, style: ArgumentStyle): string {
  if (typeof value === "boolean") return String(value);
  if (!isDict(value)) return pythonText(value);
  const parts: string[] = [];
  for (const [name, each] of flatten(value)) {
    if (typeof each === "boolean") {
      if (each) parts.push(`--${name}`);
      else if (style.bool === "boolean_optional") parts.push(`--no-${name}`);
    } else if (Array.isArray(each)) {
      const items = each.map((item) => argument(item, name));
      if (style.list === "append") parts.push(...items.map((item) => `--${name} ${item}`));
      else if (items.length > 0) parts.push(`--${name} ${items.join(" ")}`);
    } else if (!isDict(each)) parts.push(`--${name} ${argument(each, name)}`);
  }
  return parts.join(" ").trimEnd();
}

function argument(value: Value, name: string): string {
  if (Array.isArray(value) || isDict(value))
    throw new TemplateError(`${name} holds a list or mapping inside a list, which cannot be an argument`);
  return typeof value === "string" ? quoted(value) : pythonText(value);
}

/** Python's `shlex.quote`. */
function quoted(text: string): string {
  if (text === "") return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
