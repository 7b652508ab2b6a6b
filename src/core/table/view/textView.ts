import { CairnError } from "../../../shared/errors.js";
import type { TableCell, TableColumn, TableFormat, TableInfo, TableRange } from "../../../shared/table.js";
import { isNothing, readRecord } from "../dialect.js";
import { cutText, jsonCell, parseJsonLine } from "./cells.js";
import type { RecordIndex } from "./recordIndex.js";
import type { TableView } from "./types.js";

/** What was found out about a text before its rows are read. */
export interface TextTable {
  file: string;
  format: TableFormat;
  size: number;
  stamp: string;
  columns: TableColumn[];
  /** Of CSV and TSV. */
  delimiter: string | undefined;
  /** The first record holds the names. */
  header: boolean;
  /** As TextDecoder names it. */
  encoding: string;
  notice: string | undefined;
}

/** Bytes of which one answer is made, whatever a single record takes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** CSV, TSV and JSONL: the values as they are written in the file, at any place of it. */
export class TextView implements TableView {
  constructor(
    private readonly table: TextTable,
    private readonly index: RecordIndex,
  ) {}

  get info(): TableInfo {
    const { format, size, stamp, columns, notice } = this.table;
    const rows = Math.max(0, this.index.count - this.before);
    const known = { format, size, stamp, columns, rows, complete: this.index.complete };
    return notice === undefined ? known : { ...known, notice };
  }

  async rows(range: TableRange, signal?: AbortSignal): Promise<TableCell[][]> {
    const from = range.rowStart + this.before;
    await this.index.waitFor(from, signal);
    const to = Math.min(from + range.rowCount, this.index.count);
    if (to <= from) return [];
    const { first, bytes } = await this.index.read(from, to, MAX_BYTES);
    if (signal?.aborted === true) throw new CairnError("cancelled", "Cancelled.");
    const text = new TextDecoder(this.table.encoding).decode(bytes);
    const wanted = { skip: from - first, count: to - from, range };
    return this.table.format === "jsonl" ? this.jsonRows(text, wanted) : this.delimitedRows(text, wanted);
  }

  counted(signal?: AbortSignal): Promise<void> {
    return this.index.waitFor(Infinity, signal);
  }

  close(): Promise<void> {
    return this.index.close();
  }

  private get before(): number {
    return this.table.header ? 1 : 0;
  }

  private delimitedRows(text: string, { skip, count, range }: Wanted): TableCell[][] {
    const { columns, delimiter = "," } = this.table;
    const rows: TableCell[][] = [];
    const end = Math.min(columns.length, range.columnStart + range.columnCount);
    for (let at = 0, record = 0; at < text.length && rows.length < count;) {
      const { fields, next } = readRecord(text, at, delimiter);
      at = next;
      if (fields.length === 1 && isNothing(fields[0])) continue;
      if (record++ < skip) continue;
      const row: TableCell[] = [];
      for (let i = range.columnStart; i < end; i++) {
        const field = fields[i];
        row.push(field === undefined || isNothing(field) ? null : cutText(field.value));
      }
      rows.push(row);
    }
    return rows;
  }

  private jsonRows(text: string, { skip, count, range }: Wanted): TableCell[][] {
    const shown = this.table.columns.slice(range.columnStart, range.columnStart + range.columnCount);
    return text
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== "")
      .slice(skip, skip + count)
      .map((line) => {
        const record = parseJsonLine(line);
        if (record)
          return shown.map(({ name }) => jsonCell(Object.hasOwn(record, name) ? record[name] : null));
        // Neither lost nor hidden: what is no object stands in the first column as it is.
        return shown.map((_, i) => (i === 0 && range.columnStart === 0 ? cutText(line) : null));
      });
  }
}

interface Wanted {
  /** Records to pass over. */
  skip: number;
  count: number;
  range: TableRange;
}
