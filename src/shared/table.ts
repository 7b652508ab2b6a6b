/** What a table is stored as. */
export type TableFormat = "csv" | "tsv" | "jsonl" | "parquet";

/**
 * A cell as it crosses a process border: whole numbers beyond 2^53 and decimals are strings, so that no digit is lost;
 * `NaN`, `Infinity` and `-Infinity` are strings too.
 */
export type TableValue = null | boolean | number | string | TableValue[] | { [name: string]: TableValue };

/** How values of a column are shown and compared. */
export type ColumnKind = "number" | "text" | "boolean" | "time" | "nested" | "binary";

export interface TableColumn {
  name: string;
  /** DuckDB's name of the type: `BIGINT`, `DECIMAL(38,2)`, `STRUCT(a INTEGER)`. */
  type: string;
  kind: ColumnKind;
}

/** What a grid needs to know of a table before it asks for rows. */
export interface TableInfo {
  format: TableFormat;
  /** Bytes. */
  size: number;
  /** Another one when the file has been written or replaced. */
  stamp: string;
  columns: TableColumn[];
  /** Rows found so far; all of them once `complete`. */
  rows: number;
  complete: boolean;
  /** What the user should know about how the file was read. */
  notice?: string;
}

/** A cell as it is shown: long texts are cut off, nested values are JSON. Null is no value, not an empty text. */
export type TableCell = string | number | boolean | null;

/** Which cells: rows and columns from `…Start` on, as many as there are but at most `…Count`. */
export interface TableRange {
  rowStart: number;
  rowCount: number;
  columnStart: number;
  columnCount: number;
}
