import { html } from "lit";
import type { RunRow } from "../../src/shared/protocol.js";
import { plural } from "../shared/format.js";
import type { GridColumn } from "../shared/grid/index.js";
import { emptyState } from "../shared/states.js";
import { compareRows, type CompareRow } from "./compareRows.js";
import type { RunsModel, RunsView } from "./runsModel.js";

/** More columns than this are not compared by eye. */
export const MAX_COMPARED = 50;

type Line = CompareRow | { id: string; section: string; column?: undefined };

/** The rows under a heading for each section. */
function withHeadings(rows: readonly CompareRow[]): Line[] {
  return rows.flatMap((row, i): Line[] =>
    rows[i - 1]?.section === row.section ? [row] : [{ id: `# ${row.section}`, section: row.section }, row],
  );
}

function nameColumn(): GridColumn<Line> {
  const name = (line: Line): string => line.column?.name ?? line.section;
  return {
    ...{ id: "what", title: "", width: 170, pinned: true, fixed: true },
    value: name,
    text: name,
    render: (line) => html`<span class="clip ${line.column ? "indented" : ""}">${name(line)}</span>`,
  };
}

function runColumn(row: RunRow, color: string): GridColumn<Line> {
  return {
    ...{ id: row.runId, title: row.name, width: 136 },
    swatch: color,
    value: (line) => line.column?.value(row) ?? null,
    text: (line) => line.column?.text(row) ?? "",
  };
}

/** Selected runs side by side: a column for each, a row for each parameter, metric and tag. */
export function compareView(
  model: RunsModel,
  view: RunsView,
  runs: readonly RunRow[],
  keep: (compareDiffering: boolean) => void,
): unknown {
  if (runs.length < 2) {
    return emptyState({
      icon: "diff",
      title: "Select two runs or more",
      text: "Their parameters, metrics and tags are then compared here, side by side.",
    });
  }
  const { compareDiffering } = model.state;
  const compared = runs.slice(0, MAX_COMPARED);
  const rows = compareRows(view.all, compared, compareDiffering);
  const columns = [nameColumn(), ...compared.map((row) => runColumn(row, model.colors[row.runId] ?? ""))];
  const left = runs.length > compared.length ? `, the first ${MAX_COMPARED}` : "";
  return html`<div class="compare">
    <div class="compare-bar">
      <label class="toggle"
        ><input
          type="checkbox"
          .checked=${compareDiffering}
          @change=${(event: Event) => {
            keep((event.target as HTMLInputElement).checked);
          }}
        />Only differences</label
      >
      <span class="muted" role="status"
        >${plural(compared.length, "run")}${left}, ${plural(rows.length, "row")}</span
      >
    </div>
    ${
      rows.length === 0
        ? emptyState({
            icon: "check",
            title: "No differences",
            text: "These runs have the same parameters, metrics and tags.",
          })
        : html`<cairn-grid
            class="grow"
            .rows=${withHeadings(rows)}
            .columns=${columns}
            .checks=${false}
            .rowId=${(line: Line) => line.id}
            .rowClass=${(line: Line) => (line.column === undefined ? "heading" : line.differs ? "" : "same")}
            .label=${"Comparison of the selected runs"}
          ></cairn-grid>`
    }
  </div>`;
}
