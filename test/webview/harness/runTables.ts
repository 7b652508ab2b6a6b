// The tables among the files of the run in the harness, as a worker reads them.
import { CairnError } from "../../../src/shared/errors.ts";
import type { TableCell, TableColumn, TableInfo, TableRange } from "../../../src/shared/table.ts";

interface HarnessTable {
  info: TableInfo;
  cell(row: number, column: number): TableCell;
  /** How often it was opened: rows are counted meanwhile. */
  opened?: number;
}

const column = (name: string, type: string, kind: TableColumn["kind"]): TableColumn => ({ name, type, kind });

const readings = [
  column("id", "BIGINT", "number"),
  column("device", "VARCHAR", "text"),
  column("temperature", "DOUBLE", "number"),
  column("label", "BIGINT", "number"),
  column("comment", "VARCHAR", "text"),
];

const features = [
  column("id", "BIGINT", "number"),
  column("captured_at", "TIMESTAMP", "time"),
  column("device", "VARCHAR", "text"),
  column("price", "DECIMAL(38,2)", "number"),
  column("embedding", "FLOAT[]", "nested"),
  column("ok", "BOOLEAN", "boolean"),
  ...Array.from({ length: 64 }, (_, i) => column(`p${String(i).padStart(2, "0")}`, "UTINYINT", "number")),
];

function info(format: TableInfo["format"], columns: TableColumn[], rows: number): TableInfo {
  return { format, size: 1e6, stamp: "1", columns, rows, complete: true };
}

const tables: Record<string, HarnessTable> = {
  "predictions.csv": {
    info: info("csv", readings, 3_000),
    cell: (row, at) =>
      [
        String(row),
        row % 5 === 3 ? "" : `cam-${row % 12}`,
        row % 7 === 2 ? null : (20 + (row % 90) / 7).toFixed(2),
        String(row % 3),
        `say "hi", ${row}`,
      ][at] ?? null,
  },
  "features.parquet": {
    info: info("parquet", features, 10_000_000),
    cell: (row, at) => {
      if (at >= 6) return (row + at) % 17;
      const day = `2024-${String(1 + (row % 12)).padStart(2, "0")}-02 03:04:05`;
      const values = [row, day, `cam-${row % 12}`, `${row}.50`, `[0.1,0.2,${row}]`, row % 2 === 0];
      return row % 11 === 5 && at > 1 ? null : (values[at] ?? null);
    },
  },
  "growing.jsonl": {
    info: info("jsonl", [column("step", "BIGINT", "number")], 5_000),
    cell: (row) => row,
    opened: 0,
  },
  "ragged.csv": {
    info: {
      ...info("csv", [column("a", "VARCHAR", "text"), column("b", "VARCHAR", "text")], 3),
      notice: "Failed to read ragged.csv, line 3: 1 field, not 2.",
    },
    cell: (row, at) => (row === 1 && at === 1 ? null : `${row}${at}`),
  },
  "nothing.csv": { info: info("csv", [], 0), cell: () => null },
  "headers.csv": { info: info("csv", readings, 0), cell: () => null },
  "changed.csv": { info: info("csv", readings, 10), cell: () => null },
};

export const tableFiles = Object.keys(tables);

export function openTable(path: string): TableInfo {
  const table = tables[path];
  if (!table)
    throw new CairnError("corrupt", `${path} has no end: it was cut off, or is still being written.`);
  if (table.opened === undefined) return table.info;
  const rows = Math.min(table.info.rows, 1_000 * ++table.opened);
  return { ...table.info, rows, complete: rows === table.info.rows };
}

export function tableRows(path: string, range: TableRange): { rows: TableCell[][] } {
  const table = tables[path];
  if (!table || path === "changed.csv")
    throw new CairnError("invalid", `${path} has changed since it was opened.`, { hint: "Load it again." });
  const { columns } = table.info;
  const count = Math.max(0, Math.min(range.rowCount, table.info.rows - range.rowStart));
  const wide = Math.max(0, Math.min(range.columnCount, columns.length - range.columnStart));
  return {
    rows: Array.from({ length: count }, (_, i) =>
      Array.from({ length: wide }, (_, j) => table.cell(range.rowStart + i, range.columnStart + j)),
    ),
  };
}
