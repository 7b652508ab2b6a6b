import { html, nothing } from "lit";
import { formatCount } from "../shared/format.js";
import { iconButton } from "../shared/icon.js";

export interface ToolbarActions {
  filter: (text: string) => void;
  start: () => void;
  open: () => void;
  stop: () => void;
  remove: () => void;
}

export interface ToolbarState {
  filter: string;
  shown: number;
  total: number;
  truncated: boolean;
  selected: number;
  canStop: boolean;
}

function counts(state: ToolbarState): string {
  const total = formatCount(state.total) + (state.truncated ? "+" : "");
  const runs = state.shown === state.total ? `${total} runs` : `${formatCount(state.shown)} of ${total} runs`;
  return state.selected > 0 ? `${runs} · ${formatCount(state.selected)} selected` : runs;
}

/** Filter, counts and what can be done with the selected runs. */
export function runsToolbar(state: ToolbarState, actions: ToolbarActions) {
  return html`<div class="toolbar" role="toolbar" aria-label="Runs">
    <div class="filter">
      <input
        class="input"
        type="search"
        placeholder="Filter runs: name, status, user, lr=0.01"
        aria-label="Filter runs"
        .value=${state.filter}
        @input=${(event: InputEvent) => {
          actions.filter((event.target as HTMLInputElement).value);
        }}
      />
    </div>
    <span class="muted counts" role="status">${counts(state)}</span>
    ${state.truncated ? html`<span class="codicon codicon-info muted" title="Only the newest runs are listed."></span>` : nothing}
    <span class="grow"></span>
    ${iconButton({ icon: "go-to-file", label: "Open run", disabled: state.selected !== 1, onClick: actions.open })}
    ${iconButton({ icon: "debug-stop", label: "Stop run", disabled: !state.canStop, onClick: actions.stop })}
    ${iconButton({ icon: "trash", label: "Delete selected runs", disabled: state.selected === 0, onClick: actions.remove })}
    <vscode-button class="start" icon="play" @click=${actions.start}>Start Run</vscode-button>
  </div>`;
}
