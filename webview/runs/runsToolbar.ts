import { html, nothing } from "lit";
import { MOST_RUNS } from "../../src/shared/runs/api.js";
import { formatCount } from "../shared/format.js";
import { icon, iconButton } from "../shared/icon.js";

export interface ToolbarActions {
  filter: (text: string) => void;
  start: () => void;
  open: () => void;
  compare: () => void;
  stop: () => void;
  remove: () => void;
  columns: (at: HTMLElement) => void;
  group: (at: HTMLElement) => void;
  more: (at: HTMLElement) => void;
}

export interface ToolbarState {
  filter: string;
  /** The field holds a filter in MLflow's grammar. */
  query: boolean;
  /** What is wrong with it. */
  error: string | undefined;
  shown: number;
  total: number;
  /** There are more runs than the table lists. */
  truncated: boolean;
  /** More of them fulfil the filter than could be listed. */
  moreFound: boolean;
  selected: number;
  canStop: boolean;
  canDelete: boolean;
  comparing: boolean;
  grouped: string;
}

function counts(state: ToolbarState): string {
  const total = formatCount(state.total) + (state.truncated ? "+" : "");
  const word = state.total === 1 ? "run" : "runs";
  const runs =
    state.shown === state.total ? `${total} ${word}` : `${formatCount(state.shown)} of ${total} ${word}`;
  return state.selected > 0 ? `${runs} · ${formatCount(state.selected)} selected` : runs;
}

const QUERY_HINT =
  'A filter in MLflow\'s grammar: clauses joined by AND, as in  metrics.accuracy > 0.9 AND params.lr = "0.1"';
const TEXT_HINT =
  'Words to look for. A filter in MLflow\'s grammar is understood too: metrics.accuracy > 0.9 AND params.lr = "0.1"';

function filterField(state: ToolbarState, actions: ToolbarActions) {
  const invalid = state.error !== undefined;
  return html`<div class="filter ${invalid ? "invalid" : ""}">
    <input
      class="input"
      type="search"
      placeholder="Filter: words or metrics.acc > 0.9"
      aria-label="Filter runs"
      aria-invalid=${invalid}
      aria-describedby="filter-mode filter-error"
      spellcheck="false"
      title=${state.query ? QUERY_HINT : TEXT_HINT}
      .value=${state.filter}
      @input=${(event: InputEvent) => {
        actions.filter((event.target as HTMLInputElement).value);
      }}
    />
    <span class="filter-mode" id="filter-mode" title=${state.query ? QUERY_HINT : TEXT_HINT}
      >${state.filter === "" ? nothing : state.query ? "Query" : "Text"}</span
    >
    ${invalid ? html`<div class="filter-error" id="filter-error" role="alert">${state.error}</div>` : nothing}
  </div>`;
}

/** A button that opens something below itself. */
function opener(options: { icon: string; label: string; text?: string; open: (at: HTMLElement) => void }) {
  const { text = "" } = options;
  return html`<button
    class="icon-button ${text === "" ? "" : "labelled"}"
    type="button"
    title=${text === "" ? options.label : `${options.label} (${text})`}
    aria-label=${options.label}
    aria-haspopup="dialog"
    @click=${(event: MouseEvent) => {
      options.open(event.currentTarget as HTMLElement);
    }}
  >
    ${icon(options.icon)}${text === "" ? nothing : html`<span class="clip">${text}</span>`}
  </button>`;
}

/** Filter, counts and what can be done with the table and with the selected runs. */
export function runsToolbar(state: ToolbarState, actions: ToolbarActions) {
  return html`<div class="toolbar" role="toolbar" aria-label="Runs">
      ${filterField(state, actions)}
      ${opener({ icon: "list-selection", label: "Choose columns", open: actions.columns })}
      ${opener({ icon: "group-by-ref-type", label: "Group runs", text: state.grouped, open: actions.group })}
      <span class="muted counts" role="status">${counts(state)}</span>
      <span class="toolbar-actions">${selectionActions(state, actions)}</span>
    </div>
    ${partNote(state)}`;
}

/** What of very many runs is not looked at. */
function partNote(state: ToolbarState): unknown {
  // The first few are there before the rest.
  if (!state.truncated || state.total < MOST_RUNS) return nothing;
  const most = formatCount(MOST_RUNS);
  if (state.query) {
    return state.moreFound
      ? html`<div class="part-note muted" role="note">
          ${icon("info")}More than ${most} runs fulfil the filter: the newest ${most} are listed and sorted.
        </div>`
      : nothing;
  }
  return html`<div class="part-note muted" role="note">
    ${icon("info")}The newest ${most} runs are listed, sorted and searched for words. A filter such as
    <code>attributes.run_name LIKE '%otter%'</code> looks at all of them.
  </div>`;
}

function selectionActions(state: ToolbarState, actions: ToolbarActions) {
  const { selected } = state;
  return html`${iconButton({ icon: "go-to-file", label: "Open run", disabled: selected !== 1, onClick: actions.open })}
    ${iconButton({
      icon: "diff",
      label: state.comparing ? "Back to charts" : "Compare selected runs",
      disabled: selected < 2 && !state.comparing,
      pressed: state.comparing,
      onClick: actions.compare,
    })}
    ${iconButton({ icon: "debug-stop", label: "Stop selected runs", disabled: !state.canStop, onClick: actions.stop })}
    ${iconButton({ icon: "trash", label: "Delete selected runs", disabled: !state.canDelete, onClick: actions.remove })}
    ${opener({ icon: "ellipsis", label: "More actions", open: actions.more })}
    <vscode-button class="start" icon="play" title="Start Run" aria-label="Start Run" @click=${actions.start}
      ><span class="start-label">Start Run</span></vscode-button
    >`;
}
