import path from "node:path";
import { toError } from "../../../shared/errors.js";
import type { ParamFiles } from "../format/readParams.js";
import { type Dict, isDict, pythonText, type Scalar, type Value } from "../format/values.js";
import type { OutDefinition, ParamsDefinition, StageDefinition } from "../types.js";
import { Context } from "./context.js";
import { groupOf, matrixOf, type Member } from "./groups.js";
import {
  type ArgumentStyle,
  hasExpression,
  inText,
  resolveText,
  resolveValue,
  TemplateError,
} from "./interpolate.js";

const DEFAULT_PARAMS = "params.yaml";

export interface ResolveOptions {
  /** The project, absolute. */
  root: string;
  /** The pipeline file, relative to the project with `/`. */
  file: string;
  files: ParamFiles;
  style: ArgumentStyle;
}

export interface ResolvedFile {
  stages: StageDefinition[];
  problems: string[];
}

/** The stages of a dvc.yaml that fits its schema, groups taken apart and expressions filled in. Never throws. */
export function resolveFile(options: ResolveOptions, data: Dict): ResolvedFile {
  return new Resolver(options).resolve(data);
}

class Resolver {
  private readonly folder: string;
  private readonly stages: StageDefinition[] = [];
  private readonly problems: string[] = [];

  constructor(private readonly options: ResolveOptions) {
    this.folder = path.dirname(path.join(options.root, options.file));
  }

  resolve(data: Dict): ResolvedFile {
    const context = new Context();
    const isUsable = this.attempt("vars", () => {
      this.takeFile(context, DEFAULT_PARAMS, this.folder, true);
      this.takeVars(context, data.get("vars") ?? null, this.folder, "");
    });
    const stages = data.get("stages");
    if (isUsable && isDict(stages))
      for (const [name, definition] of stages)
        if (isDict(definition))
          this.attempt(`stages.${pythonText(name)}`, () =>
            this.expand(pythonText(name), definition, context),
          );
    return { stages: this.stages, problems: this.problems };
  }

  private attempt(where: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.problems.push(`${this.options.file}:1:1: ${where}: ${toError(error).message.replace(/\.$/, "")}.`);
      return false;
    }
  }

  private expand(name: string, definition: Dict, context: Context): void {
    const select = (path: string) => context.select(path);
    const members = (): Member[] | undefined => {
      const foreach = definition.get("foreach");
      if (foreach !== undefined) return groupOf(foreach, select, this.options.style);
      const matrix = definition.get("matrix");
      return matrix === undefined ? undefined : matrixOf(matrix, select, this.options.style);
    };
    const found = members();
    if (!found) {
      this.stages.push(this.stage(name, null, definition, context));
      return;
    }
    const inner = definition.get("do");
    const template = isDict(inner) ? inner : new Map([...definition].filter(([key]) => key !== "matrix"));
    for (const { key, item, hasKey } of found) {
      const extra: Record<string, Value> = hasKey ? { item, key } : { item };
      this.stages.push(this.stage(`${name}@${key}`, name, template, context.with(extra)));
    }
  }

  private stage(name: string, group: string | null, definition: Dict, outer: Context): StageDefinition {
    const { style } = this.options;
    let context = outer;
    const own = definition.get("vars");
    const text = (key: string): string => {
      const value = definition.get(key);
      return typeof value === "string"
        ? pythonText(resolveText(value, (p) => context.select(p), key, style))
        : "";
    };
    const cwd = path.resolve(this.folder, text("wdir"));
    if (own !== undefined) {
      context = new Context(outer);
      this.takeVars(context, own, cwd, `${name}.`);
    }
    const field = (key: string): Value | undefined => {
      const value = definition.get(key);
      return value === undefined ? undefined : resolveValue(value, (p) => context.select(p), key, style);
    };
    const cmd = field("cmd");
    return {
      ...{ name, group, file: this.options.file, cwd },
      command: Array.isArray(cmd) ? cmd.map(pythonText) : commandOf(cmd, style),
      deps: list(field("deps")).map(pythonText),
      params: paramsOf(list(field("params"))),
      ownParams: null,
      outs: [
        ...outsOf(list(field("outs")), "out"),
        ...outsOf(list(field("metrics")), "metric"),
        ...outsOf(list(field("plots")), "plot"),
      ],
      frozen: definition.get("frozen") === true,
      alwaysChanged: definition.get("always_changed") === true,
      description: text("desc") || null,
    };
  }

  private takeVars(context: Context, given: Value, folder: string, prefix: string): void {
    for (const [i, item] of list(given).entries()) {
      if (containsExpression(item)) throw new TemplateError("vars may not hold expressions");
      if (typeof item === "string") this.takeFile(context, item, folder, false);
      else if (isDict(item)) context.merge(item, `${prefix}vars[${i}]`);
    }
  }

  private takeFile(context: Context, item: string, folder: string, isOptional: boolean): void {
    const [name = "", keys = ""] = splitOnce(item, ":");
    const file = path.resolve(folder, name);
    const label = path.relative(this.options.root, file).split(path.sep).join("/");
    const chosen = keys.split(",").filter((key) => key !== "");
    const load = (): Dict => {
      const value = this.options.files.load(file, label);
      if (value === undefined) throw new TemplateError(`${label} does not exist`);
      // An empty file of parameters is as good as none.
      if (value === null && isOptional) return new Map<Scalar, Value>();
      if (!isDict(value)) throw new TemplateError(`${label} holds no mapping`);
      return value;
    };
    if (isOptional && this.options.files.load(file, label) === undefined) return;
    context.take(file, chosen.length === 0 ? null : chosen, load, label);
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

const list = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);

function containsExpression(value: Value): boolean {
  if (typeof value === "string") return hasExpression(value);
  if (Array.isArray(value)) return value.some(containsExpression);
  return isDict(value) && [...value.values()].some(containsExpression);
}

/** `cmd` may be nothing but an expression, and is a text all the same. */
function commandOf(value: Value | undefined, style: ArgumentStyle): string {
  return isDict(value) ? inText(value, style) : pythonText(value ?? "");
}

/** Names of params.yaml, and of other files; a file that is named without names counts as a whole. */
export function paramsOf(given: readonly Value[]): ParamsDefinition[] {
  const whole = new Set<string>();
  for (const item of given)
    if (isDict(item))
      for (const [file, names] of item) if (list(names).length === 0) whole.add(pythonText(file));
  const found = new Map<string, string[]>();
  const add = (file: string, names: readonly Value[]) => {
    const before = found.get(file) ?? [];
    found.set(file, whole.has(file) ? [] : [...before, ...names.map(pythonText)]);
  };
  for (const item of given) {
    if (isDict(item)) for (const [file, names] of item) add(pythonText(file), list(names));
    else if (!whole.has(DEFAULT_PARAMS)) add(DEFAULT_PARAMS, [item]);
  }
  return [...found].map(([file, names]) => ({ path: file, names: [...new Set(names)] }));
}

function outsOf(given: readonly Value[], kind: OutDefinition["kind"]): OutDefinition[] {
  const found = new Map<string, Dict>();
  for (const item of given) {
    const pairs = isDict(item) ? [...item] : [[item, null] as const];
    for (const [name, options] of pairs) {
      const all = found.get(pythonText(name)) ?? new Map<Scalar, Value>();
      for (const each of [options].flat())
        if (isDict(each)) for (const [key, value] of each) all.set(key, value);
      found.set(pythonText(name), all);
    }
  }
  return [...found].map(([name, options]) => ({
    ...{ path: name, kind },
    cached: options.get("cache") !== false,
    persisted: options.get("persist") === true,
  }));
}
