import { html, nothing } from "lit";
import { icon } from "../icon.js";
import { styled } from "../styled.js";
import type { GridColumn, GridSort } from "./types.js";

export interface HeadCell {
  column: GridColumn<unknown>;
  index: number;
  id: string;
  classes: string;
  sort: GridSort | null;
  /** In place of a title: the mark that selects all. */
  check: unknown;
  press: (event: PointerEvent) => void;
  click: () => void;
  menu: (event: MouseEvent) => void;
  resize: (event: PointerEvent) => void;
  fit: () => void;
}

function tooltip({ title, group, hint }: GridColumn<unknown>): string {
  return [group ? `${group}: ${title}` : title, hint].filter(Boolean).join("\n");
}

function columnTitle({ title, icon: name, swatch }: GridColumn<unknown>): unknown {
  if (name !== undefined) return icon(name, "", title);
  const mark = swatch === undefined ? nothing : html`<cairn-swatch .color=${swatch}></cairn-swatch>`;
  return html`${mark}<span class="clip">${title}</span>`;
}

/** One column's header. */
export function headCell(cell: HeadCell): unknown {
  const { column, sort } = cell;
  const sorted = sort?.column === column.id ? sort : undefined;
  return html`<div
    class="grid-cell col-${cell.index} ${column.align ?? ""} ${cell.classes}"
    id=${cell.id}
    role="columnheader"
    aria-colindex=${cell.index + 1}
    aria-sort=${sorted ? (sorted.descending ? "descending" : "ascending") : "none"}
    title=${tooltip(column)}
    @pointerdown=${cell.press}
    @click=${cell.click}
    @contextmenu=${cell.menu}
  >
    ${
      cell.check === undefined
        ? html`<span class="grid-titles">
              <span class="grid-group clip">${column.group ?? ""}</span>
              <span class="grid-title"
                >${columnTitle(column)}
                ${sorted ? icon(sorted.descending ? "arrow-down" : "arrow-up") : nothing}</span
              >
            </span>
            <div
              class="grid-resize"
              @pointerdown=${cell.resize}
              @dblclick=${cell.fit}
              @click=${(event: Event) => {
                event.stopPropagation();
              }}
            ></div>`
        : cell.check
    }
  </div>`;
}

/** Where a dragged column would go; `left` in pixels from the start of the header's row. */
export function dropMark(left: number | undefined): unknown {
  if (left === undefined) return nothing;
  return html`<div class="grid-drop" ${styled({ left: `${Math.max(0, left - 1)}px` })}></div>`;
}

/** A mark that is checked, not checked, or in between. */
export function checkMark(checked: boolean | "mixed", label: string): unknown {
  const classes = checked === true ? "checked" : checked === "mixed" ? "mixed" : "";
  return html`<span class="grid-check ${classes}" role="checkbox" aria-checked=${checked} aria-label=${label}>
    ${checked === true ? icon("check") : nothing}
  </span>`;
}

/** The indent of a row and its arrow, where it has rows below it. */
export function twist(level: number, open: boolean | undefined, toggle: (open: boolean) => void): unknown {
  return html`<span
    class="grid-twist level-${Math.min(level, 6)}"
    @click=${(event: Event) => {
      if (open === undefined) return;
      event.stopPropagation();
      toggle(!open);
    }}
    >${open === undefined ? nothing : icon(open ? "chevron-down" : "chevron-right")}</span
  >`;
}
