import { html, nothing } from "lit";
import { iconButton } from "../shared/icon.js";

/** A name with its value, which `copy` puts on the clipboard as `what`, the name unless told. */
export function pair(key: string, value: unknown, copy?: () => void, what = key) {
  return html`<div class="pair">
    <dt class="clip muted" title=${key}>${key}</dt>
    <dd>
      <span class="value">${value}</span>
      ${copy ? iconButton({ icon: "copy", label: `Copy ${what}`, onClick: copy }) : nothing}
    </dd>
  </div>`;
}

export function link(text: unknown, onClick: () => void, label?: string) {
  return html`<button class="link" type="button" aria-label=${label ?? nothing} @click=${onClick}>
    ${text}
  </button>`;
}
