import { isDict, type Dict, pythonText, type Scalar, type Value } from "../format/values.js";
import { partsOf, TemplateError } from "./interpolate.js";

/** What `${…}` can name: merged from params.yaml, `vars` and, in groups, `item` and `key`. */
export class Context {
  private readonly values: Dict;
  /** Files that were taken in: whole (null) or some of their keys. */
  private readonly imports: Map<string, string[] | null>;

  constructor(from?: Context) {
    this.values = from ? clone(from.values) : new Map<Scalar, Value>();
    this.imports = new Map(from?.imports);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** Throws TemplateError where there is nothing. */
  select(path: string): Value {
    let value: Value = this.values;
    for (const part of partsOf(path)) {
      const next: Value | undefined = Array.isArray(value)
        ? /^-?\d+$/.test(part)
          ? value.at(Number(part))
          : undefined
        : isDict(value)
          ? value.get(part)
          : undefined;
      if (next === undefined) throw new TemplateError(`there is no ${path}`);
      value = next;
    }
    return value;
  }

  /** Takes values in; none may be there already, but mappings are merged. */
  merge(update: Dict, source: string): void {
    mergeInto(this.values, update, source, "");
  }

  /**
   * Takes a file in, or some of its keys.
   * @param file identifies it
   * @param load reads it; only called where that is needed
   */
  take(file: string, keys: string[] | null, load: () => Dict, label: string): void {
    const before = this.imports.get(file);
    if (before !== undefined) {
      if (keys === null && before === null) return;
      if (keys === null || before === null || keys.some((key) => before.includes(key)))
        throw new TemplateError(`${label} is taken in already, in whole or in part`);
    }
    const all = load();
    const chosen: Dict = keys === null ? textKeys(all) : new Map<Scalar, Value>();
    for (const key of keys ?? []) {
      const value = all.get(key);
      if (value === undefined) throw new TemplateError(`there is no ${key} in ${label}`);
      chosen.set(key, value);
    }
    this.merge(chosen, label);
    this.imports.set(file, keys === null ? null : [...(before ?? []), ...keys]);
  }

  /** The same with `item` and `key` of a group, which hide what is there. */
  with(extra: Record<string, Value>): Context {
    const next = new Context(this);
    for (const [name, value] of Object.entries(extra)) next.values.set(name, value);
    return next;
  }
}

/** What is not a text cannot be named by an expression. */
function textKeys(value: Dict): Dict {
  return new Map([...value].filter(([key]) => typeof key === "string"));
}

function mergeInto(into: Dict, update: Dict, source: string, prefix: string): void {
  for (const [key, value] of update) {
    if (typeof key !== "string") continue;
    const before = into.get(key);
    if (isDict(before) && isDict(value)) mergeInto(before, value, source, `${prefix}${pythonText(key)}.`);
    else if (before !== undefined)
      throw new TemplateError(`${source} sets ${prefix}${key}, which is set already`);
    else into.set(key, isDict(value) ? clone(value) : value);
  }
}

function clone(value: Dict): Dict {
  return new Map([...value].map(([key, each]) => [key, isDict(each) ? clone(each) : each]));
}
