import type { RunRow } from "../../src/shared/protocol.js";
import type { RunColumn } from "./runColumns.js";

/** More would be scrolled past unread; the column picker has the rest. */
const MOST = { metric: 30, param: 20, tag: 8 } as const;
/** Rows that are looked at: the newest say what is wanted now. */
const LOOKED_AT = 100;

const GOALS = /acc|f1|auc|r2|score|precision|recall|loss|error|rmse|mae|mse|perplexity|bleu|rouge/i;
const HELD_OUT = /(^|[/_.-])(val|valid|validation|test|eval|holdout)([/_.-]|$)/i;

/** Higher for what is more likely to be looked at: what most runs have, results, names without many parts. */
function worth(column: RunColumn, rows: readonly RunRow[]): number {
  const filled = rows.reduce((count, row) => count + (column.value(row) === null ? 0 : 1), 0);
  const { name } = column;
  return (
    (rows.length === 0 ? 0 : (10 * filled) / rows.length) +
    (GOALS.test(name) ? 3 : 0) +
    (HELD_OUT.test(name) ? 1 : 0) -
    (name.split("/").length - 1) / 2 -
    (/\d/.test(name) ? 1 : 0)
  );
}

/** Ids of the metric, parameter and tag columns that a table starts with. */
export function defaultColumns(columns: readonly RunColumn[], newest: readonly RunRow[]): Set<string> {
  const rows = newest.slice(0, LOOKED_AT);
  const result = new Set<string>();
  for (const kind of ["metric", "param", "tag"] as const) {
    const all = columns.filter((column) => column.kind === kind);
    const own = all.filter(({ name }) => !name.startsWith("system/"));
    const candidates = own.length > 0 ? own : all;
    const chosen =
      candidates.length <= MOST[kind]
        ? candidates
        : candidates
            .map((column) => ({ column, worth: worth(column, rows) }))
            .sort((a, b) => b.worth - a.worth)
            .slice(0, MOST[kind])
            .map(({ column }) => column);
    for (const { id } of chosen) result.add(id);
  }
  return result;
}
