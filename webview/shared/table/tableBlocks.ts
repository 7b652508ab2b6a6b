import type { TableCell, TableRange } from "../../../src/shared/table.js";

/** Cells are fetched and kept in blocks. */
export const BLOCK_ROWS = 128;
export const BLOCK_COLUMNS = 32;
/** Half a million cells. */
const KEPT = 128;
/** Milliseconds that a scroll may go on before anything is fetched. */
const REST = 20;

type Block = readonly (readonly TableCell[])[];

export interface TableBlocksOptions {
  fetch: (range: TableRange) => Promise<Block>;
  /** Cells have come: what is in view must be drawn again, which asks for what is still missing. */
  onCells: () => void;
  onFailure: (error: unknown) => void;
}

/** The cells of a table that were looked at last. What is asked for last is fetched first: it is in view. */
export class TableBlocks {
  private readonly blocks = new Map<string, Block>();
  private readonly wanted = new Map<string, TableRange>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private closed = false;

  constructor(private readonly options: TableBlocksOptions) {}

  /** Undefined for a cell that is not there yet, and is then fetched. */
  cell(row: number, column: number): TableCell | undefined {
    const rowStart = row - (row % BLOCK_ROWS);
    const columnStart = column - (column % BLOCK_COLUMNS);
    const key = `${rowStart} ${columnStart}`;
    const block = this.blocks.get(key);
    if (block) return block[row - rowStart]?.[column - columnStart];
    // Again at the end, because it is still wanted.
    this.wanted.delete(key);
    this.wanted.set(key, { rowStart, rowCount: BLOCK_ROWS, columnStart, columnCount: BLOCK_COLUMNS });
    if (!this.busy && !this.closed) this.timer ??= setTimeout(this.next, REST);
    return undefined;
  }

  /** Forgets a last block that has grown: the rows behind `row` were not there when it was fetched. */
  grown(row: number): void {
    const rowStart = row - (row % BLOCK_ROWS);
    for (const key of this.blocks.keys()) if (key.startsWith(`${rowStart} `)) this.blocks.delete(key);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private readonly next = (): void => {
    this.timer = undefined;
    const [key, range] = [...this.wanted].at(-1) ?? [];
    if (key === undefined || range === undefined || this.closed) return;
    this.busy = true;
    this.options
      .fetch(range)
      .then(
        (block) => {
          this.keep(key, block);
        },
        (error: unknown) => {
          // Drawing again would ask again, for ever.
          this.closed = true;
          this.options.onFailure(error);
        },
      )
      .finally(() => {
        this.busy = false;
        this.wanted.clear();
        this.options.onCells();
      });
  };

  private keep(key: string, block: Block): void {
    this.blocks.set(key, block);
    for (const oldest of this.blocks.keys()) {
      if (this.blocks.size <= KEPT) break;
      this.blocks.delete(oldest);
    }
  }
}
