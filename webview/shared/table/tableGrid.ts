import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TableCell, TableFormat, TableInfo, TableRange } from "../../../src/shared/table.js";
import { toError } from "../../../src/shared/errors.js";
import { formatCount } from "../format.js";
import type { GridColumn } from "../grid/index.js";
import { banner, emptyState, errorState, loadingState } from "../states.js";
import { TableBlocks } from "./tableBlocks.js";
import { tableColumns } from "./tableColumns.js";

/** Milliseconds between two questions how many rows there are, while they are counted. */
const ASK_AGAIN = 300;

const NAMES: Record<TableFormat, string> = {
  csv: "CSV",
  tsv: "TSV",
  jsonl: "JSON lines",
  parquet: "Parquet",
};

/** Where the rows of a table come from. */
export interface TableRows {
  open(): Promise<TableInfo>;
  rows(stamp: string, range: TableRange): Promise<{ rows: TableCell[][] }>;
}

/** A table of any size: names, types and the rows in view. */
@customElement("cairn-table")
export class TableGrid extends LitElement {
  /** Another one for another table. */
  @property({ attribute: false }) source: TableRows | undefined;
  @property({ attribute: false }) label = "Rows";
  @state() private info: TableInfo | undefined;
  @state() private failure: unknown;
  @state() private rowsFailure: unknown;
  /** Raised when cells have come. */
  @state() private drawn = 0;
  private blocks: TableBlocks | undefined;
  private columns: GridColumn<unknown>[] = [];
  private laidOut = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("source")) this.load();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.blocks?.close();
    this.blocks = undefined;
  }

  private readonly load = (): void => {
    this.stop();
    this.info = undefined;
    this.failure = undefined;
    this.rowsFailure = undefined;
    this.laidOut = false;
    const { source } = this;
    if (!source) return;
    const blocks = new TableBlocks({
      fetch: async (range) => (await source.rows(this.info?.stamp ?? "", range)).rows,
      onCells: () => {
        if (this.blocks === blocks) this.onCells();
      },
      onFailure: (error) => {
        if (this.blocks === blocks) this.rowsFailure = error;
      },
    });
    this.blocks = blocks;
    void this.ask(source, blocks);
  };

  /** Again and again until all rows are counted. */
  private async ask(source: TableRows, blocks: TableBlocks): Promise<void> {
    try {
      const info = await source.open();
      if (this.blocks !== blocks) return;
      if (this.info && this.info.stamp !== info.stamp) {
        this.load();
        return;
      }
      if (this.info) blocks.grown(this.info.rows);
      const before = this.info;
      this.info = info;
      if (!before) this.layColumns();
      if (!info.complete) this.timer = setTimeout(() => void this.ask(source, blocks), ASK_AGAIN);
      else if (before) this.layColumns();
    } catch (error) {
      if (this.blocks === blocks) this.failure = error;
    }
  }

  private layColumns(): void {
    const { info } = this;
    if (info) this.columns = tableColumns(info.columns, info.rows, (row, at) => this.blocks?.cell(row, at));
  }

  private onCells(): void {
    // Widths are chosen by the first rows, once.
    if (!this.laidOut && this.rowsFailure === undefined) this.layColumns();
    this.laidOut = true;
    this.drawn++;
  }

  protected override render(): unknown {
    const { info } = this;
    if (this.failure !== undefined)
      return errorState(this.failure, { label: "Try Again", onClick: this.load });
    if (!info) return loadingState("Opening the table");
    if (info.columns.length === 0)
      return emptyState({ icon: "table", title: "Empty", text: "This file has nothing in it." });
    const again = { label: "Load again", onClick: this.load };
    const failed = this.rowsFailure;
    return html`${failed === undefined ? nothing : banner("error", toError(failed).message, again)}
      ${info.notice === undefined ? nothing : banner("warning", info.notice)}
      <div class="table-facts" role="status">${this.facts(info)}</div>
      <cairn-grid
        class="grow"
        .count=${info.rows}
        .columns=${this.columns}
        .look=${this.drawn}
        .checks=${false}
        .label=${this.label}
      ></cairn-grid>`;
  }

  private facts({ rows, columns, format, complete }: TableInfo): string {
    const counted = `${formatCount(rows)} ${rows === 1 ? "row" : "rows"}${complete ? "" : " so far"}`;
    const wide = `${formatCount(columns.length)} ${columns.length === 1 ? "column" : "columns"}`;
    return `${counted} × ${wide} · ${NAMES[format]}`;
  }
}
