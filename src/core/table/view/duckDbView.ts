import type { TableCell, TableColumn, TableInfo, TableRange } from "../../../shared/table.js";
import type { DuckDb } from "../duckDb.js";
import { queryTable, type Table } from "../openTable.js";
import { identifier, literal } from "../sql.js";
import { CELL_LETTERS, cutText } from "./cells.js";
import type { TableView } from "./types.js";

/** Bytes of a binary value that are shown. */
const SHOWN_BYTES = 64;
const ROW = "file_row_number";

/** What only DuckDB reads: Parquet, whose rows it finds by their number, and texts in UTF-16. */
export class DuckDbView implements TableView {
  private readonly byNumber: boolean;

  constructor(
    private readonly db: DuckDb,
    private readonly table: Table,
    private readonly count: number,
  ) {
    this.byNumber =
      table.format === "parquet" && table.columns.every(({ name }) => name.toLowerCase() !== ROW);
  }

  get info(): TableInfo {
    const { format, size, stamp, columns } = this.table;
    return { format, size, stamp, columns, rows: this.count, complete: true };
  }

  async rows(range: TableRange, signal?: AbortSignal): Promise<TableCell[][]> {
    const columns = this.table.columns.slice(range.columnStart, range.columnStart + range.columnCount);
    if (columns.length === 0 || range.rowCount <= 0) return [];
    const list = columns.map(shownCell).join(", ");
    const { rows } = await queryTable(this.db, this.table, this.select(list, range), {
      ...(signal && { signal }),
    });
    return rows.map((row) =>
      row.map((cell) => (typeof cell === "string" ? cutText(cell) : (cell as TableCell))),
    );
  }

  counted(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.db.close();
    return Promise.resolve();
  }

  private select(list: string, { rowStart, rowCount }: TableRange): string {
    const end = rowStart + rowCount - 1;
    return this.byNumber
      ? `SELECT ${list} FROM read_parquet(${literal(this.table.file)}, ${ROW} = true)
         WHERE ${ROW} BETWEEN ${rowStart} AND ${end} ORDER BY ${ROW}`
      : `SELECT ${list} FROM this_table LIMIT ${rowCount} OFFSET ${rowStart}`;
  }
}

/** Cut off by DuckDB, so that a cell of 50 MB is not copied. */
function shownCell({ name, type, kind }: TableColumn): string {
  const column = identifier(name);
  // As a number of 64 bits it would have digits that nobody wrote.
  if (type === "FLOAT") return `CAST(${column} AS VARCHAR)`;
  if (kind === "number" || kind === "boolean" || kind === "time") return column;
  if (kind === "nested") return `left(CAST(to_json(${column}) AS VARCHAR), ${CELL_LETTERS + 1})`;
  if (type === "BLOB")
    return `CAST(${column}[1:${SHOWN_BYTES}] AS VARCHAR) || CASE WHEN octet_length(${column}) > ${SHOWN_BYTES}
      THEN '… (' || octet_length(${column}) || ' bytes)' ELSE '' END`;
  return `left(CAST(${column} AS VARCHAR), ${CELL_LETTERS + 1})`;
}
