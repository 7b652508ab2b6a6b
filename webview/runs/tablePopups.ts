import { html } from "lit";
import type { RunRow } from "../../src/shared/protocol.js";
import type { PickerChange, PickerSection } from "../shared/picker.js";
import { shownIds } from "./arrangeColumns.js";
import type { ColumnKind, RunColumn } from "./runColumns.js";
import { canGroup } from "./runMenus.js";
import type { RunsModel, RunsView } from "./runsModel.js";

export interface Place {
  x: number;
  y: number;
}

const TITLES: [ColumnKind, string][] = [
  ["attribute", "Attributes"],
  ["metric", "Metrics"],
  ["param", "Parameters"],
  ["tag", "Tags"],
];

function sections(columns: readonly RunColumn[]): PickerSection[] {
  return TITLES.map(([kind, title]) => ({
    title,
    items: columns.filter((column) => column.kind === kind).map(({ id, name }) => ({ id, label: name })),
  })).filter(({ items }) => items.length > 0);
}

/** Which columns the table has. */
export function columnPopup(
  model: RunsModel,
  view: RunsView,
  at: Place,
  change: { show: (change: PickerChange) => void; differing: (on: boolean) => void; reset: () => void },
): unknown {
  const { layout } = model.state;
  const content = html`<cairn-picker
      .sections=${sections(view.all.filter((column) => column.optional === true))}
      .checked=${shownIds(view.all, layout, view.defaults)}
      .placeholder=${"Find a column; Enter shows or hides it"}
      @picker-change=${(event: CustomEvent<PickerChange>) => {
        change.show(event.detail);
      }}
    ></cairn-picker>
    <div class="popup-foot">
      <label class="toggle grow"
        ><input
          type="checkbox"
          .checked=${layout.differing}
          @change=${(event: Event) => {
            change.differing((event.target as HTMLInputElement).checked);
          }}
        />Only those in which the listed runs differ</label
      >
      <button class="link" type="button" @click=${change.reset}>Reset</button>
    </div>`;
  return html`<cairn-popup .heading=${"Columns"} .at=${at} .content=${content}></cairn-popup>`;
}

/** By what runs are grouped; the order of ticking is that of the levels. */
export function groupPopup(
  model: RunsModel,
  view: RunsView,
  at: Place,
  change: (change: PickerChange) => void,
): unknown {
  const content = html`<cairn-picker
    .sections=${sections(view.all.filter(canGroup))}
    .checked=${new Set(model.state.layout.groupBy)}
    .all=${false}
    .placeholder=${"Find what to group by; Enter adds it"}
    @picker-change=${(event: CustomEvent<PickerChange>) => {
      change(event.detail);
    }}
  ></cairn-picker>`;
  return html`<cairn-popup .heading=${"Group Runs"} .at=${at} .content=${content}></cairn-popup>`;
}

/** The note of a run, over several lines. `text` is undefined while it is fetched. */
export function notePopup(
  run: RunRow,
  text: string | undefined,
  save: (text: string) => void,
  close: () => void,
): unknown {
  const field = (event: Event): string =>
    (event.currentTarget as HTMLElement).closest(".popup-frame")?.querySelector("textarea")?.value ?? "";
  const content = html`<textarea
      class="input note"
      aria-label="Note"
      placeholder="What was tried, and what came of it"
      autofocus
      ?readonly=${text === undefined}
      .value=${text ?? ""}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(field(event));
      }}
    ></textarea>
    <div class="popup-foot">
      <span class="muted grow">Markdown; Ctrl+Enter saves</span>
      <vscode-button secondary @click=${close}>Cancel</vscode-button>
      <vscode-button
        ?disabled=${text === undefined}
        @click=${(event: Event) => {
          save(field(event));
        }}
        >Save</vscode-button
      >
    </div>`;
  return html`<cairn-popup .heading=${`Note of ${run.name}`} .content=${content}></cairn-popup>`;
}

/** The colour that a run has everywhere. */
export function colorPopup(
  model: RunsModel,
  run: RunRow,
  at: Place,
  choose: (place: number | null) => void,
): unknown {
  const current = model.colors[run.runId];
  const content = html`<div class="colors" role="radiogroup" aria-label="Colour">
      ${model.palette.map(
        (color, place) =>
          html`<button
            class="color"
            type="button"
            role="radio"
            aria-checked=${color === current}
            aria-label=${`Colour ${place + 1}`}
            title=${color}
            ?autofocus=${color === current}
            @click=${() => {
              choose(place);
            }}
          >
            <cairn-swatch .color=${color}></cairn-swatch>
          </button>`,
      )}
    </div>
    <div class="popup-foot">
      <button
        class="link"
        type="button"
        @click=${() => {
          choose(null);
        }}
      >
        Its own colour
      </button>
    </div>`;
  return html`<cairn-popup .heading=${`Colour of ${run.name}`} .at=${at} .content=${content}></cairn-popup>`;
}
