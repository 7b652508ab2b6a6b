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
