import { isDict, pythonText, type Value } from "../format/values.js";
import { type ArgumentStyle, hasExpression, inText, resolveText, TemplateError } from "./interpolate.js";

/** A stage of a group: what stands behind `@`, and what `item` is. */
export interface Member {
  key: string;
  item: Value;
  /** `key` can be named too. */
  hasKey: boolean;
}

type Select = (path: string) => Value;

/** A value, and whether an expression gave it: then names are made of it by Python's rules, else by the template's. */
interface Given {
  value: Value;
  isSelected: boolean;
}

const isNested = (value: Value): boolean => Array.isArray(value) || isDict(value);

function resolved(value: Value, select: Select, key: string, style: ArgumentStyle): Given {
  if (typeof value === "string") {
    const result = resolveText(value, select, key, style);
    return { value: result, isSelected: hasExpression(value) && typeof result !== "string" };
  }
  if (Array.isArray(value))
    return { value: value.map((each) => resolved(each, select, key, style).value), isSelected: false };
  if (!isDict(value)) return { value, isSelected: false };
  const pairs = [...value].map(([name, each]) => [name, resolved(each, select, key, style).value] as const);
  return { value: new Map(pairs), isSelected: false };
}

function items(given: Value, select: Select, key: string, style: ArgumentStyle): Given[] {
  const { value, isSelected } = resolved(given, select, key, style);
  if (!Array.isArray(value)) throw new TemplateError(`${key} holds no list`);
  if (isSelected) return value.map((each) => ({ value: each, isSelected: true }));
  return Array.isArray(given) ? given.map((each) => resolved(each, select, key, style)) : [];
}

const nameOf = ({ value, isSelected }: Given, style: ArgumentStyle): string =>
  isSelected ? pythonText(value) : inText(value, style);

/** The members of a `foreach`: by key of a mapping, by place in a list of lists or mappings, else by the item itself. */
export function groupOf(given: Value, select: Select, style: ArgumentStyle): Member[] {
  const { value } = resolved(given, select, "foreach", style);
  if (isDict(value)) {
    return [...value].flatMap(([key, item]) =>
      typeof key === "string" || isDict(given) ? [{ key: inText(key, style), item, hasKey: true }] : [],
    );
  }
  const found = items(given, select, "foreach", style);
  const isByPlace = found.some((each) => isNested(each.value));
  const members = new Map<string, Member>();
  for (const [i, each] of found.entries()) {
    const key = isByPlace ? String(i) : nameOf(each, style);
    members.set(key, { key, item: each.value, hasKey: false });
  }
  return [...members.values()];
}

/** The members of a `matrix`: all combinations, the last list changing fastest. */
export function matrixOf(given: Value, select: Select, style: ArgumentStyle): Member[] {
  if (!isDict(given)) throw new TemplateError("matrix holds no mapping");
  let members: { fragments: string[]; item: [string, Value][] }[] = [{ fragments: [], item: [] }];
  for (const [key, axis] of given) {
    const name = pythonText(key);
    const values = items(axis, select, "matrix", style);
    if (members.length * values.length > 100_000)
      throw new TemplateError("matrix has more than 100,000 members");
    members = members.flatMap(({ fragments, item }) =>
      values.map((each, i) => ({
        fragments: [...fragments, isNested(each.value) ? `${name}${i}` : nameOf(each, style)],
        item: [...item, [name, each.value] as [string, Value]],
      })),
    );
  }
  const found = new Map<string, Member>();
  for (const { fragments, item } of members) {
    const key = fragments.join("-");
    found.set(key, { key, item: new Map(item), hasKey: true });
  }
  return [...found.values()];
}
