import type { ColumnKind, TableColumn } from "../../shared/table.js";

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UHUGEINT|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM)$/;

/** A column with a type as DuckDB names it. */
export function tableColumn(name: string, type: string): TableColumn {
  return { name, type, kind: kindOf(type) };
}

function kindOf(type: string): ColumnKind {
  if (/(\[\d*\]|\))$/.test(type) && !type.startsWith("DECIMAL") && !type.startsWith("ENUM")) return "nested";
  if (/^(JSON|VARIANT)$/.test(type)) return "nested";
  if (NUMBERS.test(type)) return "number";
  if (type === "BOOLEAN") return "boolean";
  if (/^(DATE|TIME|INTERVAL)/.test(type)) return "time";
  return type === "BLOB" || type === "BIT" ? "binary" : "text";
}
