import type { Clause, Filter, Operand, Order } from "./ast.js";

/** A key in the quotes that it can stand in. */
function printKey(key: string): string {
  return key.includes("`") ? `"${key}"` : `\`${key}\``;
}

function printOperand({ entity, key }: Operand): string {
  return `${entity}.${printKey(key)}`;
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

function printClause(clause: Clause): string {
  const { comparator, value } = clause;
  const left = `${printOperand(clause)} ${comparator}`;
  if (value === null) return left;
  if (typeof value === "number") return `${left} ${value}`;
  return `${left} ${typeof value === "string" ? quote(value) : `(${value.map(quote).join(", ")})`}`;
}

/** Writes a filter such that `parseFilter` reads the same again. A key must not hold both kinds of quotes. */
export function printFilter(filter: Filter): string {
  return filter.map(printClause).join(" AND ");
}

export function printOrder(order: Order): string {
  return `${printOperand(order)} ${order.ascending ? "ASC" : "DESC"}`;
}
