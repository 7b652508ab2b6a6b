import type { TemplateResult } from "lit";

export interface GridColumn<Row> {
  id: string;
  title: string;
  /** Shown small above the title. */
  group?: string;
  /** Pixels, as long as the user has not resized it. */
  width: number;
  align?: "right";
  /** Stays in place when the others scroll sideways. Pinned columns come first. */
  pinned?: boolean;
  /** For sorting: numbers before not-a-number before nothing. */
  value(row: Row): number | string | null;
  /** What is shown, and what the tooltip says. */
  text(row: Row): string;
  render?(row: Row): TemplateResult;
}

export interface GridSort {
  column: string;
  descending: boolean;
}

export interface GridCell {
  /** -1 is the header. */
  row: number;
  column: number;
}
