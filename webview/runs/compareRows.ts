import type { RunRow } from "../../src/shared/protocol.js";
import type { ColumnKind, RunColumn } from "./runColumns.js";

/** One thing that compared runs have, in the same value or in others. */
export interface CompareRow {
  id: string;
  section: string;
  column: RunColumn;
  differs: boolean;
}

const SECTIONS: Record<ColumnKind, string> = {
  attribute: "Attributes",
  param: "Parameters",
  metric: "Metrics",
  tag: "Tags",
};
const ORDER: readonly ColumnKind[] = ["param", "metric", "tag", "attribute"];
/** What names a run, or differs in all of them. */
const LEFT_OUT = new Set(["select", "star", "name", "id"]);

/** What the runs can be compared by: all that at least one of them has, or only that in which they differ. */
export function compareRows(
  columns: readonly RunColumn[],
  runs: readonly RunRow[],
  differing: boolean,
): CompareRow[] {
  const rows = columns
    .filter(({ id }) => !LEFT_OUT.has(id))
    .filter((column) => runs.some((row) => column.text(row) !== ""))
    .map((column) => {
      const texts = new Set(runs.map((row) => exact(column, row)));
      return { id: column.id, section: SECTIONS[column.kind], column, differs: texts.size > 1 };
    });
  const shown = differing ? rows.filter((row) => row.differs) : rows;
  const rank = ({ column }: CompareRow): number => ORDER.indexOf(column.kind);
  return shown.sort((a, b) => rank(a) - rank(b));
}

/** A value to compare: a metric by its number, not by its rounded text. */
function exact(column: RunColumn, row: RunRow): string {
  return column.kind === "metric" ? String(column.value(row)) : column.text(row);
}
