import type { TableCell, TableInfo, TableRange } from "../../../shared/table.js";

/** A table that is looked at: any of its cells by place. */
export interface TableView {
  /** As far as is known now. */
  readonly info: TableInfo;
  /** Waits for rows that are not found yet; fewer where there are no more. */
  rows(range: TableRange, signal?: AbortSignal): Promise<TableCell[][]>;
  /** Resolves when all rows are counted. */
  counted(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
