import { html, nothing, type TemplateResult } from "lit";

/** A codicon; decorative unless it has a label. */
export function icon(name: string, classes = "", label?: string): TemplateResult {
  return html`<span
    class="codicon codicon-${name} ${classes}"
    role=${label === undefined ? nothing : "img"}
    aria-label=${label ?? nothing}
    aria-hidden=${label === undefined ? "true" : nothing}
    title=${label ?? nothing}
  ></span>`;
}

/** A toolbar button with only an icon, as in VS Code's own title bars. */
export function iconButton(options: {
  icon: string;
  label: string;
  onClick: () => void;
  disabled?: boolean;
  pressed?: boolean;
}): TemplateResult {
  return html`<button
    class="icon-button"
    type="button"
    title=${options.label}
    aria-label=${options.label}
    aria-pressed=${options.pressed === undefined ? nothing : String(options.pressed)}
    ?disabled=${options.disabled ?? false}
    @click=${options.onClick}
  >
    ${icon(options.icon)}
  </button>`;
}
