import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import type * as z from "zod";
import { CairnError, toError } from "../../shared/errors.js";

/** A file that people write is far below this; what is larger is a mistake or an attack. */
export const MAX_YAML_BYTES = 1 << 20;
const MAX_PROBLEMS = 20;

export interface ParsedYaml<T> {
  value: T | undefined;
  /** `file:line:column: sentence`, first first; empty when all is well. */
  problems: string[];
}

/** Parses and checks a YAML file. `label` is how messages name it. Never throws for what the file holds. */
export function parseYaml<T>(label: string, text: string, schema: z.ZodType<T>): ParsedYaml<T> {
  if (Buffer.byteLength(text) > MAX_YAML_BYTES) {
    return { value: undefined, problems: [`${label}:1:1: the file is larger than 1 MB.`] };
  }
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${label}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    stringKeys: true,
  });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      ({ pos, message }) => `${at(pos[0])}: ${message.split("\n")[0] ?? ""}`,
    );
    return { value: undefined, problems: problems.slice(0, MAX_PROBLEMS) };
  }
  let data: unknown;
  try {
    // A file of a hundred lines can name a billion values through aliases.
    data = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const reason = toError(error).message.split("\n")[0] ?? "";
    return { value: undefined, problems: [`${at(brokenAlias(document))}: ${reason}`] };
  }
  const result = schema.safeParse(data ?? {});
  if (result.success) return { value: result.data, problems: [] };
  // A misspelt key comes with a missing one: the cause first.
  const isUnknown = (issue: z.core.$ZodIssue): boolean => issue.code === "unrecognized_keys";
  const issues = result.error.issues.toSorted((a, b) => Number(isUnknown(b)) - Number(isUnknown(a)));
  const problems = issues.flatMap((issue) => describeIssue(document, issue, at));
  return { value: undefined, problems: [...new Set(problems)].slice(0, MAX_PROBLEMS) };
}

function describeIssue(
  document: Document,
  issue: z.core.$ZodIssue,
  at: (offset: number) => string,
): string[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  const where = path.length === 0 ? "the file" : path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) =>
        `${at(keyOffset(document, [...path, key]))}: "${key}" is not known${path.length > 0 ? ` in ${where}` : ""}.`,
    );
  }
  if (issue.code === "invalid_key") {
    const key = String(path.at(-1));
    return [
      `${at(keyOffset(document, path))}: "${key}" is not ${issue.issues[0]?.message ?? "allowed here"}.`,
    ];
  }
  return [`${at(valueOffset(document, path))}: ${where}: ${sentence(issue)}`];
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") {
    const missing = issue.input === undefined && issue.message.includes("undefined");
    return missing ? `is missing (${kind(issue.expected)}).` : `must be ${kind(issue.expected)}.`;
  }
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}.`;
  if (issue.code === "invalid_union") {
    const kinds = issue.errors
      .flat()
      .map((each) => (each.code === "invalid_type" ? kind(each.expected) : each.message));
    return `must be one of: ${[...new Set(kinds)].join(", ")}.`;
  }
  return issue.code === "invalid_format" ? `must be ${issue.message}.` : `${issue.message}.`;
}

/** A type in YAML's words. */
function kind(expected: string): string {
  const words: Record<string, string> = {
    record: "a mapping",
    object: "a mapping",
    array: "a list",
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    null: "null",
  };
  return words[expected] ?? expected;
}

/** Where an alias stands that names nothing. */
function brokenAlias(document: Document): number {
  let offset = 0;
  let looks = 0;
  visit(document, {
    Alias(_, alias) {
      // Each look goes through the whole document.
      if (++looks > 100) return visit.BREAK;
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** Offset of the value at `path`, or of the closest thing that is there. */
function valueOffset(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: readonly (string | number)[]): number {
  const parentPath = path.slice(0, -1);
  const parent: unknown = parentPath.length === 0 ? document.contents : document.getIn(parentPath, true);
  if (isMap(parent)) {
    for (const pair of parent.items) {
      if (!isPair(pair) || !isScalar(pair.key) || String(pair.key.value) !== String(path.at(-1))) continue;
      if (pair.key.range) return pair.key.range[0];
    }
  }
  return valueOffset(document, parentPath);
}

/** All problems as one failure. */
export function configError(problems: readonly string[]): CairnError {
  const [first = "", ...others] = problems;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return new CairnError("invalid", `${first}${more}`, {
    hint: others.length === 0 ? "Correct it and try again." : others.join("\n"),
  });
}
