import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Step } from "../states.js";

/** Said beside the legend, with what can be done about it. */
export interface LegendNote {
  text: string;
  step?: Step;
}

/** Names and colours of what is drawn; `over` hears which the pointer is over. */
export function chartLegend(
  runs: readonly { id: string; name: string; color: string }[],
  note: LegendNote | undefined,
  over: (id: string | undefined) => void,
): TemplateResult {
  return html`<ul class="legend" aria-label="Runs in the charts">
    ${repeat(
      runs,
      (run) => run.id,
      (run) =>
        html`<li
          class="legend-item"
          @pointerenter=${() => {
            over(run.id);
          }}
          @pointerleave=${() => {
            over(undefined);
          }}
        >
          <cairn-swatch .color=${run.color}></cairn-swatch
          ><span class="clip" title=${run.name}>${run.name}</span>
        </li>`,
    )}
    ${
      note
        ? html`<li class="legend-note muted">
            ${note.text}
            ${
              note.step
                ? html`<button class="link" type="button" @click=${note.step.onClick}>
                    ${note.step.label}
                  </button>`
                : nothing
            }
          </li>`
        : nothing
    }
  </ul>`;
}
