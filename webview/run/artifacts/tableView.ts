import { html, type TemplateResult } from "lit";
import { formatCount } from "../../shared/format.js";
import type { GridColumn } from "../../shared/grid/index.js";
import { banner, emptyState } from "../../shared/states.js";
import type { Delimited } from "./parseDelimited.js";

interface NumberedRow {
  id: string;
  cells: string[];
}

const SAMPLE = 200;
const WIDTH_OF_LETTER = 7.5;

/** The first rows of a CSV or TSV in a grid. */
export function tableView({ header, rows, cut }: Delimited): TemplateResult {
  if (header.length === 0)
    return emptyState({ icon: "table", title: "No rows", text: "This table is empty." });
  const numbered = rows.map((cells, i): NumberedRow => ({ id: String(i + 1), cells }));
  const columns = [numberColumn(), ...header.map((title, i) => columnOf(title, i, rows))];
  return html`${cut ? banner("info", `The first ${formatCount(rows.length)} rows. The editor opens the whole file.`) : ""}
    <cairn-grid
      class="grow"
      .rows=${numbered}
      .columns=${columns}
      .rowId=${(row: unknown) => (row as NumberedRow).id}
      .checks=${false}
      .label=${"Rows of the file"}
    ></cairn-grid>`;
}

function numberColumn(): GridColumn<unknown> {
  return {
    id: "#",
    title: "#",
    width: 56,
    align: "right",
    pinned: true,
    fixed: true,
    value: (row) => Number((row as NumberedRow).id),
    text: (row) => (row as NumberedRow).id,
  };
}

function columnOf(title: string, index: number, rows: readonly string[][]): GridColumn<unknown> {
  const sample = rows.slice(0, SAMPLE).map((row) => row[index] ?? "");
  const filled = sample.filter((value) => value !== "");
  const numeric = filled.length > 0 && filled.every((value) => Number.isFinite(Number(value)));
  const letters = Math.max(title.length + 2, ...sample.map((value) => value.length));
  return {
    id: `${index}`,
    title: title || `column ${index + 1}`,
    width: Math.min(320, Math.max(60, Math.round(letters * WIDTH_OF_LETTER) + 16)),
    ...(numeric ? { align: "right" as const } : {}),
    value: (row) => (row as NumberedRow).cells[index] ?? null,
    text: (row) => (row as NumberedRow).cells[index] ?? "",
  };
}
