import type { Clause, Comparator } from "./ast.js";
import { ilike, like } from "./like.js";

/** Whether a number satisfies a clause. NaN satisfies only `!=`; what is missing satisfies nothing. */
export function numberTest({ comparator, value }: Clause): (actual: number) => boolean {
  const wanted = Number(value);
  switch (comparator) {
    case "=":
      return (actual) => actual === wanted;
    case "!=":
      return (actual) => actual !== wanted;
    case ">":
      return (actual) => actual > wanted;
    case ">=":
      return (actual) => actual >= wanted;
    case "<":
      return (actual) => actual < wanted;
    case "<=":
      return (actual) => actual <= wanted;
    case "LIKE":
    case "ILIKE":
    case "IN":
    case "NOT IN":
    case "IS NULL":
    case "IS NOT NULL":
      return unexpected(comparator, "a number");
  }
}

/** Whether a text, or the lack of one, satisfies a clause. What is missing satisfies only IS NULL. */
export function textTest({ comparator, value }: Clause): (actual: string | undefined) => boolean {
  switch (comparator) {
    case "IS NULL":
      return (actual) => actual === undefined;
    case "IS NOT NULL":
      return (actual) => actual !== undefined;
    case "IN":
    case "NOT IN": {
      const wanted = new Set(Array.isArray(value) ? (value as readonly string[]) : []);
      return (actual) => actual !== undefined && wanted.has(actual) === (comparator === "IN");
    }
    case "=":
    case "!=":
      return (actual) => actual !== undefined && (actual === value) === (comparator === "=");
    case "LIKE":
    case "ILIKE": {
      const matches = comparator === "LIKE" ? like : ilike;
      const pattern = String(value);
      return (actual) => actual !== undefined && matches(actual, pattern);
    }
    case ">":
    case ">=":
    case "<":
    case "<=":
      return unexpected(comparator, "a text");
  }
}

/** The parser lets none of these through. */
function unexpected(comparator: Comparator, what: string): never {
  throw new Error(`${comparator} cannot compare ${what}.`);
}
